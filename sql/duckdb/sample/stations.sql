-- Purpose: the flow of a lot: its steps in order, with their stations and machine families.
-- Order:   after macros.sql.
-- Rows with `family` null are checkpoints: no machine, so EQUIPMENTID is null there.

create temp table machine_family as
select
  row_number() over () as family,
  *
from (
  values
    ('GWMA', '切割', 12, ['WMA_DT-WM200']),
    ('GDSA', '切割', 40, ['DSA_DFD6361', 'DSA_DAD3350']),
    ('GDBA', '焊_DB_料', 180, ['DBA_AD832UR', 'DBA_ESEC2100']),
    ('GDBO', '焊_DB_料', 24, ['DBO_CLEAN OVEN']),
    ('GWBK', '焊_WB_料', 320, ['WBK_ConnX Elite_EAP', 'WBK_ConnX Plus']),
    ('GWBA', '焊_WB_料', 120, ['WBA_iHawk']),
    ('GDWA', '焊_DW_料', 30, ['DWA_CLIP BOND']),
    ('GMDA', '成型', 60, ['MDA_YPS120']),
    ('GMDO', '成型', 20, ['MDO_CURE OVEN']),
    ('GDFA', '去膠', 18, ['DFA_CHEM']),
    ('GWJA', '水吹砂', 12, ['WJA_JET']),
    ('GPLA', '掛鍍', 25, ['PLA_HANG', 'PLA_STRIP']),
    ('GMKA', '移印', 30, ['MKA_LASER']),
    ('GTFA', '切彎腳', 60, ['TFA_TRIM FORM']),
    ('GPSA', 'PKG_SAW', 30, ['PSA_DFD6560']),
    ('GTMA', 'TMTT', 260, ['TMA_FT2018', 'TMA_ISMECA NY20'])
) as listed (prefix, workcenter, machines, models);

create temp table station as
select
  listed.* exclude (prefix),
  machine_family.family,
  machine_family.prefix,
  machine_family.machines,
  row_id(640, step) as spec_id,
  row_id(641, sequence + 1) as workcenter_id
from (
  values
    (0, '晶圓貼片', '切割', 0, 'GWMA', 12),
    (1, '晶圓切割', '切割', 0, 'GDSA', 1000),
    (2, '銀膠 D/B', '焊_DB_料', 1, 'GDBA', 1000),
    (3, 'D/B 烘烤', '焊_DB_料', 1, 'GDBO', 900),
    (4, '金線 W/B', '焊_WB_料', 2, 'GWBK', 850),
    (5, '銅線 W/B', '焊_WB_料', 2, 'GWBA', 350),
    (6, 'W/B 目檢', '焊_WB_料', 2, null, 700),
    (7, 'DW', '焊_DW_料', 3, 'GDWA', 200),
    (8, '成型', '成型', 4, 'GMDA', 1000),
    (9, '成型烘烤', '成型', 4, 'GMDO', 1000),
    (10, '去膠', '去膠', 5, 'GDFA', 800),
    (11, '水吹砂', '水吹砂', 6, 'GWJA', 700),
    (12, '電鍍', '掛鍍', 7, 'GPLA', 1000),
    (13, '電鍍檢驗', '條鍍', 7, null, 600),
    (14, '移印', '移印', 8, 'GMKA', 900),
    (15, '切彎腳', '切彎腳', 9, 'GTFA', 750),
    (16, 'PKG SAW', 'PKG_SAW', 10, 'GPSA', 400),
    (17, 'PRE TMTT', 'TMTT', 11, 'GTMA', 850),
    (18, 'TMTT', 'TMTT', 11, 'GTMA', 1000),
    (19, 'TMTT 複測', 'TMTT', 11, 'GTMA', 400)
) as listed (step, spec, workcenter, sequence, prefix, share) -- share: lots in 1000 that take the step
left join machine_family using (prefix)
order by step;
