-- Purpose: The present moment of the database, for all statements of a job that read AS OF it. A system change number of
--          the last seconds. This function needs no right of its own, as the other ways to ask do; AS OF needs
--          FLASHBACK on the tables.
-- Binds:   none
-- Columns: none
-- Order:   none
select to_char(timestamp_to_scn(systimestamp)) as MOMENT from DUAL
