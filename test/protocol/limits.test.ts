import { describe, expect, it } from 'vitest';
import * as limits from '#protocol/limits.ts';

describe('limits', () => {
  it('are positive numbers whose names end in a unit or name what is counted', () => {
    const units = /(BYTES|RECORDS|CHUNKS|IDS|PER_PAGE|VALUES|CHARS|MS|DAYS|RATIO|SECONDS|NODES|WITHOUT_PROGRESS)$/;
    const entries = Object.entries(limits);
    expect(entries.filter(([name, value]) => value <= 0 || !units.test(name))).toEqual([]);
  });

  it('fit the platform: a row of 2 MB, an RPC value of 32 MiB, a body of 100 MB', () => {
    expect(limits.MAX_SEGMENT_BYTES).toBeLessThan(2_000_000);
    expect(limits.MAX_CONTROL_LINE_BYTES).toBeLessThan(2_000_000);
    expect(limits.MAX_COMPLETE_BODY_BYTES).toBeLessThan(32 * 1024 * 1024);
    expect(limits.MAX_CHUNK_RAW_BYTES).toBeLessThan(32 * 1024 * 1024);
    expect(limits.MAX_JOB_IDS * 8).toBeLessThan(32 * 1024 * 1024);
  });

  it('fit each other', () => {
    expect(limits.DEFAULT_BATCH_RECORDS).toBeLessThanOrEqual(limits.MAX_BATCH_RECORDS);
    expect(limits.MAX_INTERACTIVE_RECORDS).toBeLessThanOrEqual(limits.MAX_BATCH_RECORDS);
    expect(limits.MAX_RANGE_IDS).toBeLessThanOrEqual(limits.MAX_IDS_PER_PAGE);
    expect(limits.LEASE_GIVE_UP_RATIO).toBeLessThan(1);
    expect(limits.PROGRESS_INTERVAL_MS).toBeLessThan(limits.STREAM_HEARTBEAT_MS);
    expect(limits.MAX_STATUS_WAIT_MS).toBeLessThan(limits.INTERACTIVE_DEADLINE_MS);
    expect(limits.STREAM_HEARTBEAT_MS).toBeLessThan(limits.DEFAULT_LEASE_TTL_MS);
  });
});
