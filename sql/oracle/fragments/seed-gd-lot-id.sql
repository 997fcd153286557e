-- gd_lot_id: GD (rework) containers by their name, in upper case: no index knows it in any case, so one scan. Either the
-- order begins with GD or the name, which may have its prefix before that.
candidate as (
  select
    CONTAINERID,
    CONTAINERNAME,
    upper(rtrim(CONTAINERNAME)) as MATCHED,
    0 as PRIORITY,
    SPECNAME,
    QTY
  from DWH.DW_MES_CONTAINER
  where CONTAINERID is not null
    and (
      upper(substr(CONTAINERNAME, 1, 2)) = 'GD'
      or upper(substr(CONTAINERNAME, 1, 7)) = '參考編號：GD'
      or upper(substr(MFGORDERNAME, 1, 2)) = 'GD'
    )
)
