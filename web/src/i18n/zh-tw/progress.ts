import type { Dictionary } from '../dictionary.ts';

export const stage: Dictionary['stage'] = {
  label: '追溯進度',
  seed_resolve: '批次解析',
  machines: '設備解析',
  lineage: '血緣追溯',
  events: '事件查詢',
  waiting: '等待中',
  active: '進行中',
  done: '完成',
  failed: '失敗',
  cancelled: '已取消',
  skipped: '未執行',
  lots: '{{ count }} 批',
  machinesFound: '{{ count }} 台',
  containers: '{{ count }} 個相關批次',
  records: '{{ count }} 筆',
};

export const progress: Dictionary['progress'] = {
  label: '事件讀取進度',
  percent: '進度',
  records: '筆數',
  rate: '筆/秒',
  eta: '剩餘時間',
  elapsed: '已用時間',
  size: '資料量',
  unknown: '–',
  queued: '等待可用名額，前面還有 {{ ahead }} 件。',
  queuedAlone: '等待可用名額。',
  resuming: '連線中斷，{{ wait }}後續傳（第 {{ attempt }} 次）；已收到的資料保留。',
  resumingNow: '連線中斷，正在續傳…',
  damaged: '收到毀損的資料，{{ wait }}後從上一個正確位置重讀。',
  refused: '伺服器要求稍候，{{ wait }}後再試。',
  retryNow: '立即重試',
  rereads: '重讀毀損資料：{{ count }} 次',
  resumes: '續傳：{{ count }} 次',
};

export const cancel: Dictionary['cancel'] = {
  action: '取消',
  asked: '取消中…',
  title: '要取消這次追溯嗎？',
  body: '已執行 {{ elapsed }}，收到 {{ records }} 筆。已收到的資料會保留在畫面上，其餘不再讀取。',
  confirm: '取消追溯',
  keep: '繼續讀取',
};

export const database: Dictionary['database'] = {
  pending: '正在要求資料庫停止…',
  confirmed: '資料庫已確認停止。',
  terminated: '資料庫沒有回應，已強制關閉連線。',
  not_running: '資料庫沒有正在執行這項工作。',
  unconfirmed: '資料庫尚未確認停止，可能仍會執行一段時間；請等候幾分鐘再重新執行。',
};

export const end: Dictionary['end'] = {
  complete: '全部資料皆已收到，並通過整體摘要驗證。',
  proven: '資料完整',
  completeCut: '已讀取批次的資料皆已收到並通過驗證，但查詢在此之前已被截斷。',
  provenPart: '第 {{ at }} 段資料完整（共 {{ count }} 段）',
  provenCut: '已讀部分完整，但查詢已截斷',
  truncated: '已結束，但達到上限而截斷：{{ domains }}。若要取得全部資料，請減少批號後分次查詢。',
  partial: '已結束，但資料不完整：{{ domains }}。請勿視為全部資料；請稍後重新執行，或減少批號。',
  failed: '已結束，但沒有可用的結果。請稍後重新執行，或減少批號。',
  cancelled: '已取消，保留已收到的資料。',
  stopped: '已停止讀取，保留已收到的資料。',
  withdrawn: '您已退出這項工作；其他人仍在使用，工作會繼續執行。',
  jobFailed: '工作失敗，保留已收到的資料。',
  noSeeds: '這些查詢值都查無資料。',
  noSeedsHint: '請確認輸入是否正確，不確定的部分可用 * 代替。',
  noLots: '這段期間內，所選站點沒有批次進站。',
  noLotsHint: '請改選其他日期，或增加站點群組。',
};

export const announce: Dictionary['announce'] = {
  stage: '{{ stage }}：{{ state }}',
  percent: '已讀取 {{ percent }}%',
  resuming: '連線中斷，正在續傳',
  resumed: '連線已恢復',
};

export const notify: Dictionary['notify'] = {
  label: '長時間追溯結束時通知我',
  on: '若您不在此頁面，長時間追溯結束時會通知您；按一下可關閉。',
  off: '不在此頁面時，於長時間追溯結束後通知我',
  denied: '瀏覽器設定已封鎖本網站的通知。',
  complete: '追溯已結束',
  incomplete: '追溯已結束，但資料不完整',
  failed: '追溯失敗',
  body: '共 {{ records }} 筆',
};
