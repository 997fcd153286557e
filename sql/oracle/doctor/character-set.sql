-- Purpose: The character set of the database. Orders and comparisons are those of its bytes.
-- Binds:   none
-- Columns: VALUE text
-- Order:   VALUE
select VALUE
from NLS_DATABASE_PARAMETERS
where PARAMETER = 'NLS_CHARACTERSET'
