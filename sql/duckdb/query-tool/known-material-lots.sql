-- Purpose: Which of the given material lots went into a lot; their names are given and told without the prefix 參考編號：.
-- Binds:   material_lots list
-- Columns: MATERIALLOTNAME text
-- Order:   MATERIALLOTNAME
-- Slow:    yes
select distinct regexp_replace(trim(MATERIALLOTNAME), '^參考編號：', '') as MATERIALLOTNAME
from DWH.DW_MES_LOTMATERIALSHISTORY
where nullif(regexp_replace(trim(MATERIALLOTNAME), '^參考編號：', ''), '') in (select unnest($material_lots))
  and CONTAINERID is not null
