-- Purpose: everything one Job object knows of its job.
-- Applied once, in the transaction that creates the job: an object without a job writes nothing.

-- The job itself: what was asked (spec, fixed at submit) and its life (see job-state.ts), both as JSON. One row.
CREATE TABLE job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  spec TEXT NOT NULL,
  life TEXT NOT NULL,
  -- Announcements to the Site object: the number of the newest, whether it was acknowledged, and when the next is due.
  announced_sequence INTEGER NOT NULL DEFAULT 0,
  announce_at_ms INTEGER
) STRICT;

-- Those who asked for the job. The last one's leaving cancels it.
CREATE TABLE owner (name TEXT PRIMARY KEY, joined_at_ms INTEGER NOT NULL) STRICT;

-- Container ids, sorted and distinct, 8 bytes each, 1000 a row; `first` counts from 0.
CREATE TABLE id_page (first INTEGER PRIMARY KEY, ids BLOB NOT NULL) STRICT;

-- One row a record set: its resume point and totals. `outcome` is the JSON of its end, NULL while it is open.
CREATE TABLE domain (
  ordinal INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  started INTEGER NOT NULL DEFAULT 0,
  next_batch INTEGER NOT NULL DEFAULT 1,
  ids_done INTEGER NOT NULL DEFAULT 0,
  records INTEGER NOT NULL DEFAULT 0,
  raw_bytes INTEGER NOT NULL DEFAULT 0,
  containers_found INTEGER NOT NULL DEFAULT 0,
  outcome TEXT
) STRICT;

-- Deflate segments, apart from what is said of them, so that sealing rewrites no blob. An id is never given twice: a
-- reader in the middle of a segment that is dropped must find nothing, not the bytes of another one.
CREATE TABLE segment (id INTEGER PRIMARY KEY AUTOINCREMENT, bytes BLOB NOT NULL) STRICT;

-- Chunks, staged (position NULL) or sealed. `first_record` counts the domain's records before it.
CREATE TABLE chunk (
  segment_id INTEGER PRIMARY KEY REFERENCES segment (id),
  domain TEXT NOT NULL,
  batch INTEGER NOT NULL,
  count INTEGER NOT NULL,
  raw_bytes INTEGER NOT NULL,
  segment_bytes INTEGER NOT NULL,
  crc32 INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  first_record INTEGER,
  position INTEGER,
  UNIQUE (domain, batch)
) STRICT;

-- The visible log. Positions rise and are never given twice, also across generations. A `records` entry names its
-- segment, a `domain_start` its domain (its line depends on when it is read); every other entry is its line.
CREATE TABLE entry (
  position INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  domain TEXT,
  segment_id INTEGER,
  line TEXT
) STRICT;
