import type { Dictionary } from '../dictionary.ts';

export const found: Dictionary['found'] = {
  title: '查詢結果',
  seeds: '批次',
  machines: '設備',
  nodes: '相關批次',
  edges: '血緣關係',
  notFound: '查無資料（{{ count }}）',
  noLots: '沒有批次的站點群組（{{ count }}）',
  notFoundHint: '請確認輸入是否正確，或縮短後在結尾加上 *。',
  copy: '複製清單',
  copied: '已複製',
  expansion: '萬用字元符合筆數',
  groups: '各站點群組的批次數',
  warnings: '備註',
  unknown: '這個瀏覽器不知道哪些查詢值有找到；請重新執行查詢以查看。',
  firstOfMore: '前 {{ count }} 筆，另有更多',
};

export const notFound: Dictionary['notFound'] = {
  few: '查無資料 {{ count }} / {{ asked }} 筆：{{ names }}。只顯示其餘部分。',
  many: '查無資料 {{ count }} / {{ asked }} 筆：{{ names }} 等，另有 {{ others }} 筆。只顯示其餘部分。',
  groups: '這段期間沒有批次的站點群組 {{ count }} / {{ asked }} 個：{{ names }}。',
  showList: '顯示完整清單',
};

export const parts: Dictionary['parts'] = {
  read: '分 {{ count }} 段讀取',
  told: '這次追溯超過單一工作的上限，分成 {{ count }} 段讀取；每段各自顯示、驗證與匯出。',
  part: '第 {{ at }} 段，{{ count }} 個批次',
  unposted: '第 {{ at }} 段，尚未送出',
  waits: '{{ wait }}後送出下一段；全部送出之前請勿關閉本頁。',
  goOn: '送出其餘各段',
};

export const cut: Dictionary['cut'] = {
  PATTERN_CUT: '{{ value }} 符合超過 {{ given }} 批，只追溯批號順序的前 {{ given }} 批。',
  LOTS_CUT: '符合 {{ matched }} 批，只追溯其中 {{ given }} 批。',
  lots: '符合的批次超過上限，這裡只追溯其中一部分。',
  others: '另有 {{ count }} 個萬用字元查詢被截斷，完整清單在查詢條件下方。',
  lotsHint: '若要全部追溯，請分次查詢：加長萬用字元前的文字、減少查詢值，或縮小日期與站點範圍。',
  lineage: '血緣追溯已達層數上限，更遠的批次未列入。',
  lineageHint: '若要繼續追溯，請以最末端的批次另行查詢。',
};
