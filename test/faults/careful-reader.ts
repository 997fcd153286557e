import { setTimeout as delay } from 'node:timers/promises';
import { RecordTally } from '../helpers/record-tally.ts';
import { readStream, StreamCheck } from '../helpers/stream-check.ts';

/** What one reader got of a job, through however many cuts. */
export interface Reading {
  readonly tally: RecordTally;
  readonly check: StreamCheck;
  /** Responses that ended before the job did. */
  readonly cuts: number;
  /** Why a response was not believed: a digest, a count or a line was not right. */
  readonly refusals: readonly string[];
}

export interface CarefulOptions {
  /** Called with the number of records so far, after every chunk. */
  readonly onRecords?: (records: number) => void;
  readonly limitMs?: number;
}

/** A stream says something every 10 s; one that is silent for longer is left. */
const SILENCE_MS = 15_000;
const DEFAULT_LIMIT_MS = 240_000;
const RETRY_PAUSE_MS = 50;

/**
 * Reads a job to its terminal line as a client does that believes nothing: what is cut is resumed behind the last
 * position, what is damaged is read again.
 * @throws Error that names the job if its end does not come in time.
 */
export async function readCarefully(url: string, jobId: string, options: CarefulOptions = {}): Promise<Reading> {
  const untilMs = performance.now() + (options.limitMs ?? DEFAULT_LIMIT_MS);
  const refusals: string[] = [];
  let last = 'nothing was answered';
  let cuts = 0;
  let tally = new RecordTally();
  let check = new StreamCheck(tally);
  while (performance.now() < untilMs) {
    try {
      await readUntilSilent(url, jobId, { ...options, check, limitMs: untilMs - performance.now() });
      if (check.terminal) return { tally, check, cuts, refusals };
      cuts++;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
      if (/^4(00|12) /.test(last)) {
        // The cursor itself was damaged on its way, or is one of a result that started over: only the beginning is sure.
        tally = new RecordTally();
        check = new StreamCheck(tally);
      }
      if (!isNoDamage(error)) refusals.push(last);
    }
    await delay(RETRY_PAUSE_MS);
  }
  throw new Error(`job ${jobId} did not end: ${check.records} records were read, last ${last}`);
}

async function readUntilSilent(
  url: string,
  jobId: string,
  { check, onRecords, limitMs }: CarefulOptions & { check: StreamCheck; limitMs: number },
): Promise<void> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), SILENCE_MS);
  // The stream of a job that hangs is not silent.
  const limit = setTimeout(() => silence.abort(), limitMs);
  try {
    await readStream(url, jobId, {
      check,
      signal: silence.signal,
      onLine: (event) => {
        timer.refresh();
        if (event.type === 'position') onRecords?.(check.records);
        return undefined;
      },
    });
  } finally {
    clearTimeout(timer);
    clearTimeout(limit);
  }
}

/** Nobody answered, or something that has nothing to answer at the moment or to this cursor. */
function isNoDamage(error: unknown): boolean {
  if (error instanceof TypeError) return true;
  return error instanceof Error && (error.name === 'AbortError' || /^(412|50[0237]) /.test(error.message));
}
