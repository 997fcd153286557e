-- The one place of the rule that gives a work center its group and the group's place in the flow. Needs a selection
-- `selected` with WORKCENTERNAME; gives one row for each name in it. Names are matched by substring, without regard to
-- case; the exclusion comes first (元件切割 and PKG_SAW are not 切割); what matches nothing has no group and place 999.
workcenter_name as (
  select WORKCENTERNAME, upper(WORKCENTERNAME) as NAME
  from (select distinct WORKCENTERNAME from selected where WORKCENTERNAME is not null)
),
workcenter_place as (
  select
    WORKCENTERNAME,
    case
      when contains(NAME, '元件切割') or contains(NAME, 'PKG_SAW') then 10
      when contains(NAME, '切割') then 0
      when contains(NAME, '焊接_DB') or contains(NAME, '焊_DB') then 1
      when contains(NAME, '焊接_WB') or contains(NAME, '焊_WB') then 2
      when contains(NAME, '焊接_DW') or contains(NAME, '焊_DW') then 3
      when contains(NAME, '成型') then 4
      when contains(NAME, '去膠') then 5
      when contains(NAME, '水吹砂') then 6
      when contains(NAME, '電鍍') or contains(NAME, '掛鍍') or contains(NAME, '滾鍍') or contains(NAME, '條鍍')
        or contains(NAME, '補鍍') or contains(NAME, 'TOTAI') or contains(NAME, 'BANDL') then 7
      when contains(NAME, '移印') then 8
      when contains(NAME, '切彎腳') then 9
      when contains(NAME, '測試') or contains(NAME, 'TMTT') then 11
    end as PLACE
  from workcenter_name
),
workcenter_group_name (WORKCENTER_GROUP, PLACE) as (
  values
    ('切割', 0),
    ('焊接_DB', 1),
    ('焊接_WB', 2),
    ('焊接_DW', 3),
    ('成型', 4),
    ('去膠', 5),
    ('水吹砂', 6),
    ('電鍍', 7),
    ('移印', 8),
    ('切彎腳', 9),
    ('元件切割', 10),
    ('測試', 11)
),
workcenter_group as (
  select
    p.WORKCENTERNAME,
    n.WORKCENTER_GROUP,
    coalesce(p.PLACE, 999) as WORKCENTER_GROUP_ORDER
  from workcenter_place p
  left join workcenter_group_name n on n.PLACE = p.PLACE
)
