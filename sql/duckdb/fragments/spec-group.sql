-- The work center group of each spec, trimmed: of several the one with the lowest sequence, compared as a number. A
-- sequence is 1 to 9 digits; anything else is none.
spec_group as (
  select
    trim(SPEC) as SPEC,
    WORK_CENTER_GROUP,
    case
      when regexp_full_match(trim(WORKCENTERSEQUENCE_GROUP), '[0-9]{1,9}')
        then try_cast(trim(WORKCENTERSEQUENCE_GROUP) as integer)
    end as SEQUENCE
  from DWH.DW_MES_SPEC_WORKCENTER_V
  where trim(SPEC) <> ''
  qualify row_number() over (partition by trim(SPEC) order by SEQUENCE nulls last, WORK_CENTER_GROUP nulls last) = 1
)
