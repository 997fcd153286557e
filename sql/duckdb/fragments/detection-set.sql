-- Each container of `selected` that was tracked in at one of the given groups, once, with the group of its latest
-- track-in there; of several at the same second, the one furthest in the flow.
latest as (
  select s.CONTAINERID, g.WORKCENTER_GROUP, g.WORKCENTER_GROUP_ORDER, max(s.TRACKINTIMESTAMP) as TRACKINTIMESTAMP
  from selected s
  join workcenter_group g on g.WORKCENTERNAME = s.WORKCENTERNAME
  where g.WORKCENTER_GROUP in (select unnest($groups))
  group by s.CONTAINERID, g.WORKCENTER_GROUP, g.WORKCENTER_GROUP_ORDER
),
detected as (
  select CONTAINERID, WORKCENTER_GROUP
  from latest
  qualify row_number() over (
    partition by CONTAINERID
    order by TRACKINTIMESTAMP desc, WORKCENTER_GROUP_ORDER desc
  ) = 1
)
