-- Purpose: Which of the given work orders, given in upper case, have a lot that material went into. They are looked for as
--          materials-of-orders does.
-- Binds:   orders list
-- Parts:   rows
-- Columns: PJ_WORKORDER text
-- Order:   PJ_WORKORDER
-- Slow:    yes
select distinct upper(trim(PJ_WORKORDER)) as PJ_WORKORDER
from DWH.DW_MES_LOTMATERIALSHISTORY
where rowid in (
    select /*+ index_ffs(m (PJ_WORKORDER)) */ m.rowid
    from DWH.DW_MES_LOTMATERIALSHISTORY m
    where m.PJ_WORKORDER is not null
      and upper(trim(m.PJ_WORKORDER)) in ({{ rows orders }})
  )
  and CONTAINERID is not null
