-- Purpose: Containers whose name is one of the given ones, case-sensitive, padding trimmed.
-- Binds:   names list, most whole
-- Columns: CONTAINERID text, CONTAINERNAME text, MATCHED text, PRIORITY whole, SPECNAME text, QTY whole, MATCHES whole
-- Order:   PRIORITY, CONTAINERNAME nulls last, CONTAINERID, MATCHED
with found as (
  select
    CONTAINERID,
    CONTAINERNAME,
    case when suffix(CONTAINERNAME, ' ') then rtrim(CONTAINERNAME, ' ') else CONTAINERNAME end as MATCHED,
    0 as PRIORITY,
    SPECNAME,
    QTY
  from DWH.DW_MES_CONTAINER
  where CONTAINERID is not null
    and case when suffix(CONTAINERNAME, ' ') then rtrim(CONTAINERNAME, ' ') else CONTAINERNAME end in (select unnest($names))
),
{{ seed-exact }}
