import { ProblemError } from '#protocol/problem.ts';
import { inflatedBudget } from '../stream/isolate-budget.ts';
import { sliceRecords } from '../stream/records-line.ts';
import { inflateSegment } from '../stream/segment-check.ts';
import type { BodyPart, ChunkSlice } from './answer-parts.ts';

/** A reader that takes nothing for so long is cut: it holds inflated bytes that others may need. */
const BODY_STALL_MS = 30_000;

/**
 * Sends planned parts as they are asked for: one chunk is open at a time, and what all open chunks of the isolate hold is
 * counted.
 * @param readSegment The stored segment, whole; `undefined` when it is gone.
 * @throws ProblemError `RATE_LIMITED` when too many bodies are being cut at this moment.
 */
export function createBodyStream(
  parts: readonly BodyPart[],
  readSegment: (segmentId: number) => Uint8Array | undefined,
): ReadableStream<Uint8Array> {
  const release = takeFor(parts);
  const encoder = new TextEncoder();
  let at = 0;
  let stall: ReturnType<typeof setTimeout> | null = null;
  const stopWaiting = () => {
    if (stall) clearTimeout(stall);
  };
  const close = () => {
    stopWaiting();
    release();
  };
  const bytesOf = (part: BodyPart): Uint8Array =>
    typeof part === 'string' ? encoder.encode(part) : cutRecords(part, readSegment);
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      stopWaiting();
      const part = parts[at++];
      if (part === undefined) {
        close();
        controller.close();
        return;
      }
      try {
        controller.enqueue(bytesOf(part));
      } catch (error) {
        close();
        throw error;
      }
      stall = setTimeout(() => {
        release();
        controller.error(new Error('the reader of a page stalled'));
      }, BODY_STALL_MS);
    },
    cancel: close,
  });
}

function takeFor(parts: readonly BodyPart[]): () => void {
  const largest = parts.reduce(
    (most, part) => (typeof part === 'string' ? most : Math.max(most, part.chunk.rawBytes)),
    0,
  );
  const release = inflatedBudget.tryTake(largest, Date.now());
  if (release) return release;
  throw new ProblemError('RATE_LIMITED', 'Too many pages are being read at this moment. Try again in a second.', {
    retryAfterSeconds: 1,
  });
}

/** A copy, so that the rest of the inflated chunk is not kept alive. */
function cutRecords(slice: ChunkSlice, readSegment: (segmentId: number) => Uint8Array | undefined): Uint8Array {
  const segment = readSegment(slice.chunk.segmentId);
  if (!segment) throw new Error('a segment was dropped while a page was read');
  return sliceRecords(inflateSegment(segment, slice.chunk.rawBytes), slice.from, slice.count).slice();
}
