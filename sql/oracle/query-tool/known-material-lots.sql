-- Purpose: Which of the given material lots went into a lot; their names are given and told without the prefix 參考編號：.
--          They are looked for as uses-of-material-lots does.
-- Binds:   material_lots list
-- Parts:   rows
-- Columns: MATERIALLOTNAME text
-- Order:   MATERIALLOTNAME
-- Slow:    yes
select distinct
  case
    when trim(MATERIALLOTNAME) like '參考編號：%' then substr(trim(MATERIALLOTNAME), 6)
    else trim(MATERIALLOTNAME)
  end as MATERIALLOTNAME
from DWH.DW_MES_LOTMATERIALSHISTORY
where rowid in (
    select /*+ index_ffs(m (MATERIALLOTNAME)) */ m.rowid
    from DWH.DW_MES_LOTMATERIALSHISTORY m
    where m.MATERIALLOTNAME is not null
      and case
        when trim(m.MATERIALLOTNAME) like '參考編號：%' then substr(trim(m.MATERIALLOTNAME), 6)
        else trim(m.MATERIALLOTNAME)
      end in ({{ rows material_lots }})
  )
  and CONTAINERID is not null
