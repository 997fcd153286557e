-- work_order: containers of GA and GC orders by their order, in upper case.
candidate as not materialized (
  select
    CONTAINERID,
    CONTAINERNAME,
    upper(case when suffix(MFGORDERNAME, ' ') then rtrim(MFGORDERNAME, ' ') else MFGORDERNAME end) as MATCHED,
    0 as PRIORITY,
    SPECNAME,
    QTY
  from DWH.DW_MES_CONTAINER
  where CONTAINERID is not null
    and upper(left(MFGORDERNAME, 2)) in ('GA', 'GC')
)
