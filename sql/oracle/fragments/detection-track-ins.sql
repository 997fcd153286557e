-- Track-ins of a span of time; its end is not part of it.
selected as (
  select CONTAINERID, WORKCENTERNAME, TRACKINTIMESTAMP
  from DWH.DW_MES_LOTWIPHISTORY
  where CONTAINERID is not null
    and TRACKINTIMESTAMP >= to_date(:since, 'YYYY-MM-DD"T"HH24:MI:SS')
    and TRACKINTIMESTAMP < to_date(:until, 'YYYY-MM-DD"T"HH24:MI:SS')
)
