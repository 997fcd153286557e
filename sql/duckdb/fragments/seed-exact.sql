-- The rows of `found` (pairs of a text and a container): the first of each text, then the second of each, and so on, so
-- that a limit takes from the longest lists and leaves no text without its first container. MATCHES counts all of them.
placed as (
  select
    found.*,
    count(*) over () as MATCHES,
    row_number() over (
      partition by MATCHED
      order by PRIORITY, rtrim(CONTAINERNAME, ' ') nulls last, CONTAINERID
    ) as PLACE
  from found
)
select CONTAINERID, CONTAINERNAME, MATCHED, PRIORITY, SPECNAME, QTY, MATCHES
from placed
order by PLACE, MATCHED
limit $most
