-- The first rows of `found` by source and name.
select CONTAINERID, CONTAINERNAME, MATCHED, PRIORITY, SPECNAME, QTY
from found
order by PRIORITY, rtrim(CONTAINERNAME) nulls last, CONTAINERID
fetch first :most rows only
