-- work_order: containers of GA and GC orders by their order, in upper case: no index knows it in any case, so one scan.
candidate as (
  select
    CONTAINERID,
    CONTAINERNAME,
    upper(rtrim(MFGORDERNAME)) as MATCHED,
    0 as PRIORITY,
    SPECNAME,
    QTY
  from DWH.DW_MES_CONTAINER
  where CONTAINERID is not null
    and upper(substr(MFGORDERNAME, 1, 2)) in ('GA', 'GC')
)
