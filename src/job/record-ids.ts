import type { Domain } from '#protocol/domain.ts';
import { CONTAINER_ID_MEMBER } from '#protocol/domain.ts';
import { CONTAINER_ID_PATTERN, InvalidContainerIdError, packContainerIds } from '#protocol/ids.ts';
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
 * The ids to keep beside a chunk, packed; nothing for domains that are no starting point, and for records with an id
 * that is none: the plant's data are shown as they are, only no job can start from them.
 * @throws ProblemError `CHUNK_CORRUPT` for records that are not JSON.
 */
export function idsToKeep(line: RecordsLine): Uint8Array | undefined {
  if (!STARTING_POINTS.has(line.domain)) return undefined;
  const ids = idsOf(line);
  return ids.every((id) => CONTAINER_ID_PATTERN.test(id)) ? packContainerIds(ids) : undefined;
}

/**
 * The ids of a chunk's records, packed. The records are opened here: this is no reader's way.
 * @throws ProblemError `INVALID_PARAMS` for a domain whose records are not of one container each, or for an id that is none.
 */
export function packRecordIds(line: RecordsLine): Uint8Array {
  const ids = idsOf(line);
  try {
    return packContainerIds(ids);
  } catch (cause) {
    if (!(cause instanceof InvalidContainerIdError)) throw cause;
    const detail = `A record of ${line.domain} has the container id "${ids[cause.index]?.slice(0, 40)}", which is none.`;
    throw new ProblemError('INVALID_PARAMS', detail, { cause });
  }
}

function idsOf({ domain, count, raw }: RecordsLine): string[] {
  const member = CONTAINER_ID_MEMBER[domain];
  if (member === undefined) {
    throw new ProblemError('INVALID_PARAMS', `Records of the domain ${domain} are not of one container each.`);
  }
  const records = parseRecords(sliceRecords(raw, 0, count));
  return records.map((record) => record[member]).filter((id) => typeof id === 'string');
}

/** The check of a chunk looks at its form only; what is no JSON shows here. */
function parseRecords(data: Uint8Array): Record<string, unknown>[] {
  try {
    return JSON.parse(`[${new TextDecoder().decode(data)}]`) as Record<string, unknown>[];
  } catch (cause) {
    throw new ProblemError('CHUNK_CORRUPT', 'The records of the chunk are not JSON.', { cause });
  }
}
