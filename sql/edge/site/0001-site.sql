-- Purpose: what one Site object knows. Nothing here is the only copy of an accepted job: live jobs announce themselves
-- again, so a wiped object loses the index of finished jobs and the idempotency keys, and no job.

-- Jobs as their newest announcement told; `sequence` rises with every one. Times in milliseconds since 1970.
-- `waiting`: in the queue. It is not the state alone: a job that refused a lease (backoff) waits for its next word.
CREATE TABLE job (
  job_id TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL,
  lane TEXT NOT NULL,
  state TEXT NOT NULL,
  waiting INTEGER NOT NULL,
  content_hash TEXT NOT NULL,
  bridge_id TEXT,
  summary TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  expires_at_ms INTEGER,
  announced_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX job_waiting ON job (lane, created_at_ms) WHERE waiting = 1;
CREATE INDEX job_live ON job (state) WHERE ended_at_ms IS NULL;
CREATE INDEX job_expiry ON job (expires_at_ms) WHERE expires_at_ms IS NOT NULL;

-- Who asked for a job; `ordinal` 0 is the first of them. `created_at_ms` is the job's, for the order of a list.
CREATE TABLE job_owner (
  owner TEXT NOT NULL,
  job_id TEXT NOT NULL REFERENCES job (job_id),
  ordinal INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (owner, job_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_owner_newest ON job_owner (owner, created_at_ms, job_id);
CREATE INDEX job_owner_job ON job_owner (job_id);

-- The job that answers equal requests. `cached_until_ms` is set when it has ended with a result that may be shared.
CREATE TABLE reservation (
  content_hash TEXT PRIMARY KEY,
  job_id TEXT NOT NULL,
  reserved_at_ms INTEGER NOT NULL,
  cached_until_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX reservation_job ON reservation (job_id);

-- Ids that were given out and have not announced themselves yet: they count for their owner's limit.
CREATE TABLE pending_job (
  job_id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  lane TEXT NOT NULL,
  reserved_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_key (
  owner TEXT NOT NULL,
  key TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  job_id TEXT NOT NULL,
  reserved_at_ms INTEGER NOT NULL,
  PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;

-- The newest start of each bridge, to know a restart from a new connection.
CREATE TABLE bridge (
  bridge_id TEXT PRIMARY KEY,
  boot_id TEXT NOT NULL,
  protocol INTEGER NOT NULL,
  hello_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Leases given for a request, so that the same request again gets the same ones.
CREATE TABLE leased_job (
  request_id TEXT NOT NULL,
  job_id TEXT NOT NULL,
  leased_at_ms INTEGER NOT NULL,
  PRIMARY KEY (request_id, job_id)
) STRICT, WITHOUT ROWID;
