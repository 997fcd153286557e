-- Purpose: Rights of the account that reading does not need: to change tables of the plant, or those of anybody.
-- Binds:   none
-- Columns: RIGHT_NAME text
-- Order:   RIGHT_NAME
select PRIVILEGE as RIGHT_NAME
from SESSION_PRIVS
where PRIVILEGE in ('INSERT ANY TABLE', 'UPDATE ANY TABLE', 'DELETE ANY TABLE', 'ALTER ANY TABLE', 'DROP ANY TABLE')
union
select PRIVILEGE || ' on ' || TABLE_SCHEMA || '.' || TABLE_NAME
from ALL_TAB_PRIVS
where TABLE_SCHEMA = 'DWH'
  and PRIVILEGE in ('INSERT', 'UPDATE', 'DELETE', 'ALTER')
  and GRANTEE in (select USER from DUAL union all select ROLE from SESSION_ROLES union all select 'PUBLIC' from DUAL)
