-- Purpose: the words of the plant: products, reasons, texts. Lists are read by `pick`.
-- Order:   after macros.sql.

-- A product is a row: type, package, BOP and function belong together.
create temp table product as
select
  row_number() over () - 1 as product,
  *
from (
  values
    ('PJW5P06A', 'SOT-223', 'PCC15', 'MOSFET'),
    ('PJW3N10A', 'SOT-223', 'PCC10', 'MOSFET'),
    ('RB521S30-NC', 'SOD-523', 'UAC10', 'SKY'),
    ('RB751S40', 'SOD-523', 'UAC08', 'SKY'),
    ('PDZ5.6B-AU', 'SOD-323', 'ECA08', 'ZENER'),
    ('1N4148W', 'SOD-123', 'UAC08', 'SWITCHING'),
    ('PEC33712C2A-AU', 'DFN2510-10L', 'ECA10', 'TVS/ESD'),
    ('PJT7838', 'SOT-363', 'PCC08', 'MOSFET'),
    ('BAV99-AU', 'SOT-23', 'UAC10', 'SWITCHING'),
    ('PJA3416AE', 'SOT-23', 'PCC08', 'MOSFET'),
    ('SBA0540-T', 'SOD-123', 'UAC15', 'SKY'),
    ('PESD5V0S1', 'DFN1006-2L', 'ECA08', 'TVS/ESD')
) as listed (type, package, bop, function);

set variable hold_reasons = [
  'S2品質異常單(PE)', '現場品質異常單(PQC)', '自行暫停', '治具不足HOLD', '特殊需求管控', '工程驗證(PE)', '指定機台生產', '需綁尾數(PD)'
];
set variable release_reasons = ['異常排除', '工程判定放行', '重工完成', '特採(MRB)'];
set variable departments = ['製造一部', '製造二部', '品保部', '設備工程部', 'PE'];
set variable employees = ['王小明', '陳怡君', '林志豪', 'NGUYEN VAN A', 'O''Brien, Pat', '張㓕'];

-- About 205 reasons: three digits, an underscore, and Chinese or a code. XXX_ and ZZZ_ are not real ones.
set variable loss_reasons = list_concat(
  [
    '031_腳架氧化', '043_NSOP', '044_NSOL', '250_VF', '271_SHORT', '274_OPEN', '276_腳型不良', '277_印字不良', '358_FAIL',
    '012_晶片崩裂', '027_銀膠不足', '045_線弧異常', '061_膠體氣孔', '072_溢膠', '118_鍍層不良', '203_IR', '251_VZ',
    'XXX_測試用', 'ZZZ_轉入'
  ],
  list_transform(
    range(1, 186),
    lambda code: format('{:03d}_{}', 400 + code, pick(['外觀不良', 'CONTACT', '沾污', 'RDSON', '尺寸NG'], code))
  )
);

-- Free text as people type it: quotes, backslashes, HTML, tabs, line ends, emoji, characters beyond the BMP.
-- Never empty: Oracle has no empty text.
set variable comments = [
  '銀膠不足，已調整', 'NSOP x3, 更換 capillary', '待 PE 確認', '<b>急件</b> & 優先', '參數 "VF" 偏移 > 3σ', 'path C:\temp\log\n',
  'tab	between', e'第一行\n第二行', '👍🏽 OK 👩‍🔧', '𠮷野家 𠀋', 'O''Reilly', '100% _ok_', '<script>alert(1)</script>', '   '
];

set variable causes = ['吸嘴堵塞', '線弧偏移', '溫度異常', 'PR 辨識失敗', '刀具磨耗', '感測器故障'];
set variable repairs = ['更換吸嘴', '重新校正', '更換加熱棒', '清潔', '更換刀片'];
set variable symptoms = ['停機', '品質異常', '異音', '產速低', '警報 0x3F'];
