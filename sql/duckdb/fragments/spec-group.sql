-- The work center group of each spec, trimmed: of several the one with the lowest sequence, compared as a number.
spec_group as (
  select trim(SPEC) as SPEC, WORK_CENTER_GROUP, try_cast(trim(WORKCENTERSEQUENCE_GROUP) as integer) as SEQUENCE
  from DWH.DW_MES_SPEC_WORKCENTER_V
  where trim(SPEC) <> ''
  qualify row_number() over (partition by trim(SPEC) order by SEQUENCE nulls last, WORK_CENTER_GROUP nulls last) = 1
)
