-- Purpose: The table that holds the list of a statement where lists are loaded, not bound. A DBA makes it once, in the
--          schema of the bridge's account: the account itself needs no right to make tables. Rows belong to one session
--          and outlive its commits, so that the read-only transaction behind them sees them.
-- Binds:   none
-- Columns: none
-- Order:   none
create global temporary table LOTSTREAM_IDS (
  ID varchar2(255 char) not null,
  constraint LOTSTREAM_IDS_KEY primary key (ID)
) on commit preserve rows
