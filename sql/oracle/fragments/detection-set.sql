-- Each container of `selected` that was tracked in at one of the given groups, once, with the group of its latest
-- track-in there; of several at the same second, the one furthest in the flow. A container may be in several groups: the
-- list of groups must not be cut into parts.
latest as (
  select s.CONTAINERID, g.WORKCENTER_GROUP, g.WORKCENTER_GROUP_ORDER, max(s.TRACKINTIMESTAMP) as TRACKINTIMESTAMP
  from selected s
  join workcenter_group g on g.WORKCENTERNAME = s.WORKCENTERNAME
  where g.WORKCENTER_GROUP in ({{ list groups }})
  group by s.CONTAINERID, g.WORKCENTER_GROUP, g.WORKCENTER_GROUP_ORDER
),
detected as (
  select CONTAINERID, WORKCENTER_GROUP
  from (
    select
      latest.*,
      row_number() over (
        partition by CONTAINERID
        order by TRACKINTIMESTAMP desc, WORKCENTER_GROUP_ORDER desc
      ) as CHOICE
    from latest
  )
  where CHOICE = 1
)
