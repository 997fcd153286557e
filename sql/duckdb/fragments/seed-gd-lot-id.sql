-- gd_lot_id: GD (rework) containers by their name, in upper case. Either the order begins with GD or the name, which may
-- have its prefix before that.
candidate as not materialized (
  select
    CONTAINERID,
    CONTAINERNAME,
    upper(case when suffix(CONTAINERNAME, ' ') then rtrim(CONTAINERNAME, ' ') else CONTAINERNAME end) as MATCHED,
    0 as PRIORITY,
    SPECNAME,
    QTY
  from DWH.DW_MES_CONTAINER
  where CONTAINERID is not null
    and (
      upper(left(CONTAINERNAME, 2)) = 'GD'
      or upper(left(CONTAINERNAME, 7)) = '參考編號：GD'
      or upper(left(MFGORDERNAME, 2)) = 'GD'
    )
)
