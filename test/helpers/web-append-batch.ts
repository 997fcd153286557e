import type { Domain } from '#protocol/domain.ts';
import type { BatchEntry, BatchStore, NextBatch } from '../../web/src/stream/batch-store.ts';
import { findRecordBounds, parseRecordsHead } from '../../web/src/stream/records-line.ts';
import { encodeRecordsLine } from './web-recorded-stream.ts';

const encoder = new TextEncoder();

/** A batch as it is when it has been read from a stream. */
export function makeBatch(domain: Domain, batch: number, records: readonly Record<string, unknown>[]): NextBatch {
  const line = encoder.encode(encodeRecordsLine(domain, batch, records));
  const head = parseRecordsHead(line);
  return { head, line, bounds: findRecordBounds(line, head) };
}

/** Appends the next batch of a domain. */
export function appendBatch(
  store: BatchStore,
  domain: Domain,
  records: readonly Record<string, unknown>[],
): BatchEntry {
  return store.append(makeBatch(domain, store.entries(domain).length + 1, records));
}
