-- Track-ins of a span of time; its end is not part of it.
selected as not materialized (
  select CONTAINERID, WORKCENTERNAME, TRACKINTIMESTAMP
  from DWH.DW_MES_LOTWIPHISTORY
  where CONTAINERID is not null
    and TRACKINTIMESTAMP >= cast($since as timestamp)
    and TRACKINTIMESTAMP < cast($until as timestamp)
)
