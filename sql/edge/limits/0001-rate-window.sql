-- Purpose: what one RateLimit object has counted for its caller. Applied with the first request that is counted; an object
-- whose windows are all over is wiped, so an object that counts nothing holds nothing.

-- The window of each bucket: when it ends (milliseconds since 1970) and the requests it has admitted.
CREATE TABLE IF NOT EXISTS rate_window (
  bucket TEXT PRIMARY KEY,
  ends_at_ms INTEGER NOT NULL,
  requests INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
