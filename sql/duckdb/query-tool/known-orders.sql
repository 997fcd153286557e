-- Purpose: Which of the given work orders, given in upper case, have a lot that material went into.
-- Binds:   orders list
-- Columns: PJ_WORKORDER text
-- Order:   PJ_WORKORDER
-- Slow:    yes
select distinct upper(trim(PJ_WORKORDER)) as PJ_WORKORDER
from DWH.DW_MES_LOTMATERIALSHISTORY
where upper(trim(PJ_WORKORDER)) in (select unnest($orders))
  and CONTAINERID is not null
