-- Purpose: Adds one value of a list; run for many values at once.
-- Binds:   id text
-- Columns: none
-- Order:   none
insert into LOTSTREAM_IDS (ID) values (:id)
