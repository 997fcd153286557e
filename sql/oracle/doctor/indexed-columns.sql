-- Purpose: Columns of the plant's tables that an index begins with.
-- Binds:   none
-- Columns: TABLE_NAME text, COLUMN_NAME text
-- Order:   TABLE_NAME, COLUMN_NAME
select distinct TABLE_NAME, COLUMN_NAME
from ALL_IND_COLUMNS
where TABLE_OWNER = 'DWH'
  and COLUMN_POSITION = 1
