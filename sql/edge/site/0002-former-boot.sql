-- Purpose: the start of a bridge before its newest one, so that a late request of a daemon that is gone takes no lease.
ALTER TABLE bridge ADD COLUMN former_boot_id TEXT;
