import type { Domain } from '#protocol/domain.ts';
import { CONTAINER_ID_MEMBER } from '#protocol/domain.ts';
import { packContainerIds } from '#protocol/ids.ts';
import { ProblemError } from '#protocol/problem.ts';
import { sliceRecords } from '../stream/records-line.ts';

/**
 * Domains that later jobs start from as a rule. The ids of their records are kept beside each chunk when it comes in:
 * taken from the records of 115,000 nodes when the next job is asked for, they would hold up its first record.
 */
const STARTING_POINTS: ReadonlySet<Domain> = new Set<Domain>(['seeds', 'nodes']);

/** A checked chunk: its raw line and what is said of it. */
export interface RecordsLine {
  readonly domain: Domain;
  readonly count: number;
  readonly raw: Uint8Array;
}

/**
 * The ids to keep beside a chunk, packed; nothing for domains that are no starting point.
 * @throws ProblemError `CHUNK_CORRUPT` for records without a container.
 */
export function idsToKeep(line: RecordsLine): Uint8Array | undefined {
  if (!STARTING_POINTS.has(line.domain)) return undefined;
  try {
    return packRecordIds(line);
  } catch (cause) {
    throw new ProblemError('CHUNK_CORRUPT', `A record of ${line.domain} names no container.`, { cause });
  }
}

/**
 * The ids of a chunk's records, packed. The records are opened here: this is no reader's way.
 * @throws ProblemError `INVALID_PARAMS` for a domain whose records are not of one container each.
 */
export function packRecordIds({ domain, count, raw }: RecordsLine): Uint8Array {
  const member = CONTAINER_ID_MEMBER[domain];
  if (member === undefined) {
    throw new ProblemError('INVALID_PARAMS', `Records of the domain ${domain} are not of one container each.`);
  }
  const data = new TextDecoder().decode(sliceRecords(raw, 0, count));
  const records = JSON.parse(`[${data}]`) as Record<string, unknown>[];
  return packContainerIds(records.map((record) => record[member]).filter((id) => id !== null));
}
