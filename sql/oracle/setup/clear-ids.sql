-- Purpose: Takes the list of the statement before out of the session. Clear, load, commit; then the read-only
--          transaction with the statement.
-- Binds:   none
-- Columns: none
-- Order:   none
delete from LOTSTREAM_IDS
