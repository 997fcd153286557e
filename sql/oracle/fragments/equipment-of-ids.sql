-- The machines asked for, one row each whatever the master table holds: a second row must not double what hangs on it.
equipment as (
  select
    rtrim(RESOURCEID) as EQUIPMENTID,
    min(rtrim(RESOURCENAME)) as EQUIPMENTNAME,
    min(rtrim(RESOURCEFAMILYNAME)) as RESOURCEFAMILYNAME,
    min(rtrim(WORKCENTERNAME)) as WORKCENTERNAME
  from DWH.DW_MES_RESOURCE
  where rtrim(RESOURCEID) in ({{ rows equipment_ids }})
  group by rtrim(RESOURCEID)
)
