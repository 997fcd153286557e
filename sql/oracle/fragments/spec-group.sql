-- The work center group of each spec, trimmed: of several the one with the lowest sequence, compared as a number. A
-- sequence is 1 to 9 digits; anything else is none.
spec_place as (
  select
    trim(SPEC) as SPEC,
    WORK_CENTER_GROUP,
    case
      when regexp_like(trim(WORKCENTERSEQUENCE_GROUP), '^[0-9]{1,9}$') then to_number(trim(WORKCENTERSEQUENCE_GROUP))
    end as SEQUENCE
  from DWH.DW_MES_SPEC_WORKCENTER_V
  where trim(SPEC) is not null
),
spec_group as (
  select SPEC, WORK_CENTER_GROUP, SEQUENCE
  from (
    select
      SPEC,
      WORK_CENTER_GROUP,
      SEQUENCE,
      row_number() over (partition by trim(SPEC) order by SEQUENCE nulls last, WORK_CENTER_GROUP nulls last) as CHOICE
    from spec_place
  )
  where CHOICE = 1
)
