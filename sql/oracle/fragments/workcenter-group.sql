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
      when instr(NAME, '元件切割') > 0 or instr(NAME, 'PKG_SAW') > 0 then 10
      when instr(NAME, '切割') > 0 then 0
      when instr(NAME, '焊接_DB') > 0 or instr(NAME, '焊_DB') > 0 then 1
      when instr(NAME, '焊接_WB') > 0 or instr(NAME, '焊_WB') > 0 then 2
      when instr(NAME, '焊接_DW') > 0 or instr(NAME, '焊_DW') > 0 then 3
      when instr(NAME, '成型') > 0 then 4
      when instr(NAME, '去膠') > 0 then 5
      when instr(NAME, '水吹砂') > 0 then 6
      when instr(NAME, '電鍍') > 0 or instr(NAME, '掛鍍') > 0 or instr(NAME, '滾鍍') > 0 or instr(NAME, '條鍍') > 0
        or instr(NAME, '補鍍') > 0 or instr(NAME, 'TOTAI') > 0 or instr(NAME, 'BANDL') > 0 then 7
      when instr(NAME, '移印') > 0 then 8
      when instr(NAME, '切彎腳') > 0 then 9
      when instr(NAME, '測試') > 0 or instr(NAME, 'TMTT') > 0 then 11
    end as PLACE
  from workcenter_name
),
workcenter_group_name (WORKCENTER_GROUP, PLACE) as (
  select '切割', 0 from dual union all
  select '焊接_DB', 1 from dual union all
  select '焊接_WB', 2 from dual union all
  select '焊接_DW', 3 from dual union all
  select '成型', 4 from dual union all
  select '去膠', 5 from dual union all
  select '水吹砂', 6 from dual union all
  select '電鍍', 7 from dual union all
  select '移印', 8 from dual union all
  select '切彎腳', 9 from dual union all
  select '元件切割', 10 from dual union all
  select '測試', 11 from dual
),
workcenter_group as (
  select
    p.WORKCENTERNAME,
    n.WORKCENTER_GROUP,
    coalesce(p.PLACE, 999) as WORKCENTER_GROUP_ORDER
  from workcenter_place p
  left join workcenter_group_name n on n.PLACE = p.PLACE
)
