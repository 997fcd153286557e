import { MAX_EQUIPMENT_IDS } from '#protocol/limits.ts';
import { queryAnswerSchema } from '#protocol/query-tool.ts';
import type { PatternPart } from '#protocol/seed-pattern.ts';
import { hasWildcard, parsePattern } from '#protocol/seed-pattern.ts';
import { ClientProblemError } from '../../stream/client-problem.ts';
import type { StageMeans } from './small-stages.ts';
import type { StageRequest } from './stage-requests.ts';
import { askStage } from './stage-requests.ts';
import type { MachinesQuery } from '../trace-query.ts';
import type { SeedFindings } from '../trace-snapshot.ts';

export interface Machine {
  readonly id: string;
  readonly name: string;
  /** What kind of machine it is; empty where the warehouse does not know. */
  readonly model: string;
  readonly workCenter: string;
  readonly group: string;
}

export interface FoundMachines {
  readonly ids: readonly string[];
  readonly findings: SeedFindings;
}

/** All machines of the warehouse, kept for those who choose from them. */
export class MachineList {
  #known: readonly Machine[] | undefined;

  /**
   * The machines as they were last read; after a failure they are asked for again. `means.signal` aborts when that takes too
   * long. @throws ClientProblemError
   */
  async read(means: StageMeans): Promise<readonly Machine[]> {
    try {
      this.#known ??= await readMachines(means);
      return this.#known;
    } catch (thrown) {
      if (means.signal.aborted) throw new ClientProblemError({ code: 'SERVER_TIMEOUT' }, thrown);
      throw thrown;
    }
  }

  /**
   * The machines that these values name, of all there are now: a pattern would silently leave out those that are newer than
   * the list. @throws ClientProblemError
   */
  async find(values: readonly string[], means: StageMeans): Promise<FoundMachines> {
    this.#known = await readMachines(means);
    return matchMachines(values, this.#known);
  }
}

/** @throws ClientProblemError for more machines than one question may name: how many there are, and which value is the widest. */
export function checkMachineCount({ ids, findings }: FoundMachines): void {
  if (ids.length <= MAX_EQUIPMENT_IDS) return;
  const [value = '', matched = 0] =
    Object.entries(findings.expansion).toSorted(([, some], [, others]) => others - some)[0] ?? [];
  const values = { count: ids.length, limit: MAX_EQUIPMENT_IDS, value, matched };
  throw new ClientProblemError({ code: 'TOO_MANY_MACHINES', values });
}

async function readMachines(means: StageMeans): Promise<Machine[]> {
  const request = { path: '/api/query-tool/equipment-list', answer: queryAnswerSchema };
  const answer = await askStage(request, means.signal);
  if (answer.type === 'answer') return machinesOf(answer.value.data);
  const records = await means.readJob(answer.job);
  try {
    return machinesOf(await records.all('rows'));
  } finally {
    await records.close();
  }
}

function machinesOf(rows: readonly Readonly<Record<string, unknown>>[]): Machine[] {
  return rows.flatMap(({ RESOURCEID: id, RESOURCENAME: name, ...more }) => {
    if (typeof id !== 'string' || typeof name !== 'string') return [];
    const model = textOf(more['RESOURCEFAMILYNAME']);
    return [
      {
        id,
        name: name.trim(),
        model,
        workCenter: textOf(more['WORKCENTERNAME']),
        group: textOf(more['WORKCENTER_GROUP']),
      },
    ];
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** What a query of machines asks the edge. */
export function machineRequest(query: MachinesQuery, ids: readonly string[]): StageRequest<typeof queryAnswerSchema> {
  const { startDate: start_date, endDate: end_date, records: query_type } = query;
  const body = { equipment_ids: ids, start_date, end_date, query_type, per_page: 1 };
  return { path: '/api/query-tool/equipment-period', body, answer: queryAnswerSchema };
}

/** Names are compared without their case; each machine is found once, in the order of the list. */
export function matchMachines(
  values: readonly string[],
  machines: readonly Pick<Machine, 'id' | 'name'>[],
): FoundMachines {
  const ids = new Set<string>();
  const notFound: string[] = [];
  const expansion: Record<string, number> = {};
  for (const value of values) {
    const parts = parsePattern(value);
    const matched = machines.filter(({ name }) => isMatch(parts, name));
    for (const { id } of matched) ids.add(id);
    if (matched.length === 0) notFound.push(value);
    if (hasWildcard(parts)) expansion[value] = matched.length;
  }
  const inOrder = machines.filter(({ id }) => ids.delete(id)).map(({ id }) => id);
  return { ids: inOrder, findings: { count: inOrder.length, asked: values.length, notFound, expansion, warnings: [] } };
}

/** Walks the places that the pattern can have reached: never more than the name is long, whatever the pattern is. */
function isMatch(parts: readonly PatternPart[], name: string): boolean {
  const characters = Array.from(name.toUpperCase());
  let reached = [true, ...characters.map(() => false)];
  for (const part of parts) {
    const before = reached;
    const first = before.indexOf(true);
    reached = before.map((_, at) => {
      if (part === 'any') return first !== -1 && at >= first;
      const isHere = part === 'one' || part.literal.toUpperCase() === characters[at - 1];
      return isHere && before[at - 1] === true;
    });
  }
  return reached.at(-1) === true;
}
