-- Purpose: What every session of the bridge needs first: text is compared and sorted by its bytes, as DuckDB does. The
--          bytes are those of the database's character set: orders are the same if that is AL32UTF8. Times are written
--          and read in the calendar that everybody's are in, whatever the database has been set to.
-- Binds:   none
-- Columns: none
-- Order:   none
alter session set NLS_SORT = 'BINARY' NLS_COMP = 'BINARY' NLS_CALENDAR = 'GREGORIAN'
