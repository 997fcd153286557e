-- Purpose: what was added to the tables of a job. Applied whenever an object with a job wakes up, so it may be applied again.

-- Container ids of a chunk's records, 8 bytes each, sorted and distinct: of the domains that later jobs start from.
CREATE TABLE IF NOT EXISTS chunk_ids (segment_id INTEGER PRIMARY KEY REFERENCES segment (id), ids BLOB NOT NULL) STRICT;

-- How many calls of an owner want the job. A caller that leaves takes back one wish, not those of its owner's other calls.
CREATE TABLE IF NOT EXISTS wish (owner TEXT PRIMARY KEY, calls INTEGER NOT NULL) STRICT;
