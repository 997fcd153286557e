import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOMAINS, EVENT_DOMAINS, PROFILES } from '#protocol/domain.ts';
import { isUsable, MAX_QUERY_VALUES, parseSeedInput } from '../../web/src/trace/query/seed-input.ts';
import { MAX_URL_CHARS, readUrlState, writeUrlState } from '../../web/src/trace/address/url-state.ts';
import type { TextStorage } from '../../web/src/storage/page-storage.ts';
import { MAX_DETECTION_DAYS } from '#protocol/limits.ts';
import { DEFAULT_DIRECTION, DIRECTIONS, PROFILE_INPUT_TYPES } from '#protocol/trace.ts';
import { WORKCENTER_GROUPS } from '#protocol/workcenter-group.ts';
import {
  chosenMachines,
  machineValue,
  MAX_LISTED_MACHINES,
  searchMachines,
  toggleMachine,
} from '../../web/src/trace/query/machine-choice.ts';
import { checkMachineCount, matchMachines } from '../../web/src/trace/run/machines.ts';
import { checkDays, lastDays } from '../../web/src/trace/query/days-input.ts';
import { MAX_DRAFT_CHARS, NO_DRAFT } from '../../web/src/trace/query/form-draft.ts';
import type { FormDraft } from '../../web/src/trace/query/form-draft.ts';
import { QUERY_TABS } from '../../web/src/trace/query/form-state.ts';
import { directionsOf, MACHINE_RECORDS, SEED_MODES } from '../../web/src/trace/trace-query.ts';
import type { TraceQuery } from '../../web/src/trace/trace-query.ts';
import type { InputType } from '#protocol/trace.ts';
import { readCondition } from '../../web/src/trace/arrange/condition.ts';
import { FIRST_VIEW, LINEAGE_FACES, TIMELINE_FACES } from '../../web/src/trace/address/view-state.ts';
import { announce } from '../../web/src/trace/stages/announcement.ts';
import { mustAskBeforeCancel } from '../../web/src/trace/stages/cancel-rule.ts';
import { moveByKey } from '../../web/src/trace/events/grid-keys.ts';
import { columnsInView, layOutColumns } from '../../web/src/trace/events/column-layout.ts';
import { cellText } from '../../web/src/trace/cell-text.ts';
import { orderColumns } from '../../web/src/trace/column-order.ts';
import { MAX_PARTS } from '../../web/src/trace/part-list.ts';
import { CUTS } from '../../web/src/trace/trace-snapshot.ts';
import type { Stage, StageState, TraceSnapshot } from '../../web/src/trace/trace-snapshot.ts';

function many(count: number): string {
  return Array.from({ length: count }, (_, index) => `GA${index}`).join('\n');
}

const parse = (text: string, type: InputType = 'lot_id') => parseSeedInput(text, type);

describe('the values of a query', () => {
  it('are separated by lines and commas of both kinds, trimmed, and each taken once', () => {
    expect(parse(' A1-1,B2-2，C3-3\r\n\n  A1-1 ;D 4\t').values).toEqual(['A1-1', 'B2-2', 'C3-3', 'D 4']);
  });

  it('may hold wildcards with enough other characters', () => {
    expect(isUsable(parse('GA*'))).toBe(true);
    expect(parse('*').tooBroad).toEqual(['*']);
    expect(parse('G*%').tooBroad).toEqual(['G*%']);
    expect(parse('G_\nG\\_').tooBroad).toEqual(['G_']);
  });

  it('are refused when there are none, too many, or one that is too long', () => {
    expect(isUsable(parse('  \n,'))).toBe(false);
    expect(isUsable(parse(many(MAX_QUERY_VALUES)))).toBe(true);
    expect(parse(many(MAX_QUERY_VALUES + 1)).tooMany).toBe(true);
    expect(parse('x'.repeat(101)).tooLong).toHaveLength(1);
  });

  it('are half as many when they are orders', () => {
    expect(isUsable(parse(many(50), 'work_order'))).toBe(true);
    expect(parse(many(51), 'work_order')).toMatchObject({ most: 50, tooMany: true });
  });

  it('are GD orders only where those belong', () => {
    const text = 'GA26011704\ngd25060502\nG*502';
    expect(parse(text, 'work_order').misplaced).toEqual(['gd25060502']);
    expect(parse(text, 'gd_work_order').misplaced).toEqual(['GA26011704', 'G*502']);
    expect(parse(text, 'gd_lot_id').misplaced).toEqual([]);
    expect(isUsable(parse('gd25060502', 'work_order'))).toBe(false);
  });
});

describe('the days of a query', () => {
  it('are counted with both ends, and are as many as the edge takes', () => {
    expect(checkDays('2026-01-31', '2026-01-31')).toEqual({ days: 1, trouble: undefined });
    expect(checkDays('2024-02-28', '2024-03-01')).toEqual({ days: 3, trouble: undefined });
    expect(checkDays('2024-01-01', '2025-12-30')).toEqual({ days: 730, trouble: undefined });
    expect(checkDays('2024-01-01', '2025-12-31')).toEqual({ days: 731, trouble: 'tooManyDays' });
  });

  it('are two dates in their order', () => {
    expect(checkDays('2026-02-01', '2026-01-31').trouble).toBe('reversedDays');
    for (const wrong of ['', '2026-02-30', '0002-01-01', '3000-01-01', '2026-1-1'])
      expect([wrong, checkDays(wrong, '2026-01-31').trouble]).toEqual([wrong, 'wrongDay']);
    expect(checkDays('2026-01-31', '').trouble).toBe('wrongDay');
  });

  it('end at first today in the plant, also while it is yesterday in UTC', () => {
    const week = (now: string) => lastDays(Date.parse(now), 7);
    expect(week('2026-02-28T15:59:59Z')).toEqual({ startDate: '2026-02-22', endDate: '2026-02-28' });
    expect(week('2026-02-28T16:00:00Z')).toEqual({ startDate: '2026-02-23', endDate: '2026-03-01' });
  });
});

function newStorage(): TextStorage {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value) === kept,
    removeItem: (key) => void kept.delete(key),
  };
}

describe('the machines that values name', () => {
  const machines = ['GWBK-0241', 'GWBK-0242', 'GDBA-0131', 'gtma_1'].map((name, at) => ({ id: `id${at}`, name }));
  const match = (...named: string[]) => matchMachines(named, machines);

  it('are each found once, in the order of the list, whatever the case', () => {
    expect(match('gdba-0131', 'GWBK-0241', 'GWBK-*').ids).toEqual(['id0', 'id1', 'id2']);
    expect(match('GTMA_1', 'GTMA\\_1').ids).toEqual(['id3']);
  });

  it('are named in whole, and what names none is told', () => {
    expect(match('GWBK', 'WBK-0241', 'GWBK-024_', 'XX*')).toEqual({
      ids: ['id0', 'id1'],
      findings: {
        count: 2,
        asked: 4,
        notFound: ['GWBK', 'WBK-0241', 'XX*'],
        expansion: { 'GWBK-024_': 2, 'XX*': 0 },
        warnings: [],
      },
    });
  });

  it('are at most as many as one question may name; more are told with the widest value', () => {
    const many = Array.from({ length: 101 }, (_, n) => ({ id: String(n), name: `G${n < 30 ? 'A' : 'B'}-${n}` }));
    expect(() => checkMachineCount(matchMachines(['GA-*', 'GB-*'], many.slice(1)))).not.toThrow();
    expect(() => checkMachineCount(matchMachines(['GA-*', 'GB-*', 'GA-1'], many))).toThrow(
      expect.objectContaining({
        problem: { code: 'TOO_MANY_MACHINES', values: { count: 101, limit: 100, value: 'GB-*', matched: 71 } },
      }),
    );
  });

  it('are what a regular expression of the same meaning finds', () => {
    const name = fc.array(fc.constantFrom('A', 'b', '-', '1'), { maxLength: 8 }).map((letters) => letters.join(''));
    const pattern = fc.array(fc.constantFrom('a', 'B', '-', '1', '*', '_'), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(name, { maxLength: 6 }), pattern, (names, letters) => {
        const known = names.map((each, at) => ({ id: String(at), name: each }));
        const source = letters.map((letter) => (letter === '*' ? '.*' : letter === '_' ? '.' : letter)).join('');
        const wanted = known.filter((each) => new RegExp(`^${source}$`, 'i').test(each.name)).map(({ id }) => id);
        expect(matchMachines([letters.join('')], known).ids).toEqual(wanted);
      }),
    );
  });
});

describe('the list of machines to choose from', () => {
  const machine = (name: string, model = '', workCenter = '', group = '') => ({
    id: `${name}${model}`,
    name,
    model,
    workCenter,
    group,
  });
  const machines = [
    machine('GWBK-0241', 'WB-ICONN', 'WIRE BOND', '焊線'),
    machine('GWBK-0242', 'WB-AERO', 'WIRE BOND', '焊線'),
    machine('gdba-0131', 'DB-8800', 'DIE BOND', '焊接'),
    machine('GWBK-0241', 'WB-ICONN', 'WIRE BOND 2', '焊線'),
  ];
  const found = (text: string, all = machines) => searchMachines(all, text).shown.map(({ name }) => name);

  it('finds what has every word somewhere, whatever the case, and each name once', () => {
    expect(found('')).toEqual(['GWBK-0241', 'GWBK-0242', 'gdba-0131']);
    expect(found(' bond  wb')).toEqual(['GWBK-0241', 'GWBK-0242']);
    expect(found('焊線 aero')).toEqual(['GWBK-0242']);
    expect(found('GDBA db-8800')).toEqual(['gdba-0131']);
    expect(found('GWBK DIE')).toEqual([]);
  });

  it('shows no more than a person reads, and says how many more there are', () => {
    const many = Array.from({ length: MAX_LISTED_MACHINES + 3 }, (_, at) => machine(`M-${at}`));
    expect(searchMachines(many, 'm')).toMatchObject({ shown: { length: MAX_LISTED_MACHINES }, more: 3 });
    expect(searchMachines(many, 'm-102')).toMatchObject({ shown: { length: 1 }, more: 0 });
  });

  it('puts a machine into the text and takes it out, and leaves the rest', () => {
    const text = toggleMachine('GWBK*, gdba-0131', machine('GWBK-0241'));
    expect(text).toBe('GWBK*\ngdba-0131\nGWBK-0241');
    expect(chosenMachines(text)(machine('GDBA-0131'))).toBe(true);
    expect(chosenMachines(text)(machine('GWBK-0242'))).toBe(false);
    expect(toggleMachine(text, machine('GDBA-0131'))).toBe('GWBK*\nGWBK-0241');
  });

  it('names a machine so that the query finds it, whatever its name holds', () => {
    const name = fc
      .string({ unit: fc.constantFrom('A', 'b', '-', '1', '_', '*', '%', '\\', ',', '；', ';', ' ', '，') })
      .map((text) => text.trim())
      .filter((text) => /[Ab1-]/.test(text));
    fc.assert(
      fc.property(name, (text) => {
        const wanted = machine(text);
        const typed = toggleMachine('', wanted);
        expect(parseSeedInput(typed, 'machines').values).toHaveLength(1);
        expect(matchMachines(parseSeedInput(typed, 'machines').values, [wanted]).ids).toEqual([wanted.id]);
        expect(chosenMachines(typed)(wanted)).toBe(true);
        expect(toggleMachine(typed, wanted)).toBe('');
      }),
    );
    // Its own name alone, not what it would mean as a pattern.
    expect(
      matchMachines([machineValue(machine('G_1*'))], [machine('GX1'), machine('G_1*'), machine('G_1A')]).ids,
    ).toEqual(['G_1*']);
  });
});

describe('the address of a view', () => {
  const value = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 100 })
    .map((text) => text.replaceAll(',', '').trim());
  const choices = fc
    .record({
      profile: fc.constantFrom(...PROFILES),
      place: fc.nat(5),
      merges: fc.boolean(),
      domains: fc.subarray([...EVENT_DOMAINS], { minLength: 1 }),
    })
    .map(({ profile, place, merges, domains }) => {
      const directions = directionsOf(profile);
      const direction = directions[place % directions.length] ?? DEFAULT_DIRECTION[profile];
      return { place, asked: { profile, direction, followMerges: merges && direction === 'forward', domains } };
    });
  const values = fc.array(
    value.filter((text) => text !== ''),
    { minLength: 1, maxLength: 100 },
  );
  const valuesQuery = fc.tuple(values, choices).map(([named, { asked, place }]): TraceQuery => {
    const types = PROFILE_INPUT_TYPES[asked.profile];
    return { ...asked, mode: 'container', inputType: types[place % types.length] ?? types[0], values: named };
  });
  const daysQuery = fc
    .tuple(
      choices,
      fc.nat(300_000),
      fc.nat(MAX_DETECTION_DAYS - 1),
      fc.subarray([...WORKCENTER_GROUPS], { minLength: 1 }),
    )
    .map(([{ asked, place }, day, more, groups]): TraceQuery => {
      const dateOf = (days: number) => new Date(Date.UTC(1900, 0, 1 + days)).toISOString().slice(0, 10);
      const direction = DIRECTIONS[place % 2] ?? 'forward';
      return {
        ...asked,
        mode: 'date_range',
        profile: 'mid_section_defect',
        direction,
        followMerges: asked.followMerges && direction === 'forward',
        startDate: dateOf(day),
        endDate: dateOf(day + more),
        groups,
      };
    });
  const machinesQuery = fc
    .record({ machines: values, days: daysQuery, records: fc.constantFrom(...MACHINE_RECORDS) })
    .map(({ machines, days, records }): TraceQuery => {
      if (days.mode !== 'date_range') throw new Error('days are a range of days');
      return { mode: 'machines', machines, startDate: days.startDate, endDate: days.endDate, records };
    });
  const query = fc.oneof(valuesQuery, daysQuery, machinesQuery);
  const jobId = fc.option(fc.constant('0a'.repeat(32)), { nil: undefined });
  const column = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,20}$/);
  const columns = fc.uniqueArray(column, { maxLength: 30 });
  const filterText = fc
    .string({ unit: 'grapheme', maxLength: 60 })
    .map((text) => text.trim())
    .filter((text) => text !== '' && readCondition(text) !== undefined);
  const domainView = fc
    .record({
      sort: fc.option(fc.record({ column, isDescending: fc.boolean() }), { nil: undefined }),
      filters: fc.uniqueArray(fc.record({ column, text: filterText }), { selector: (filter) => filter.column }),
      columns: fc.option(fc.record({ hidden: columns, pinned: columns, order: columns }), { nil: undefined }),
    })
    .filter(({ sort, filters, columns: shown }) => sort !== undefined || filters.length > 0 || shown !== undefined)
    .map(({ sort, filters, columns: shown }) => ({ spec: { sort, filters }, columns: shown }));
  const view = fc.record({
    tab: fc.option(fc.constantFrom<string>(...DOMAINS, 'timeline'), { nil: undefined }),
    node: fc.option(fc.stringMatching(/^[0-9a-f]{16}$/), { nil: undefined }),
    lineageFace: fc.constantFrom(...LINEAGE_FACES),
    timelineFace: fc.constantFrom(...TIMELINE_FACES),
    domains: fc
      .uniqueArray(fc.tuple(fc.constantFrom(...DOMAINS), domainView), { selector: ([domain]) => domain, maxLength: 4 })
      .map((each) => new Map(each)),
  });

  const part = fc.record({ range: fc.constant({ from: 0, to: 40_000 }), jobId });
  const known = fc.record(
    {
      cuts: fc.subarray([...CUTS], { minLength: 1 }),
      parts: fc.array(part, { minLength: 1, maxLength: MAX_PARTS }),
    },
    { requiredKeys: [] },
  );

  const grownJobIds = fc.uniqueArray(fc.integer({ min: 0, max: 9 }).map((digit) => String(digit).repeat(64)));

  const form = fc
    .record({
      texts: fc.dictionary(fc.constantFrom(...QUERY_TABS), fc.string({ unit: 'grapheme', minLength: 1 })),
      draft: fc.record(
        {
          tab: fc.constantFrom(...QUERY_TABS),
          mode: fc.constantFrom(...SEED_MODES),
          groups: fc.subarray([...WORKCENTER_GROUPS]),
          direction: fc.constantFrom(...DIRECTIONS),
          followMerges: fc.boolean(),
          domains: fc.subarray([...EVENT_DOMAINS]),
          records: fc.constantFrom(...MACHINE_RECORDS),
          types: fc.record({ query_tool: fc.constantFrom(...PROFILE_INPUT_TYPES.query_tool) }),
          days: fc.record({ machines: fc.constant({ startDate: '2026-01-01', endDate: '' }) }),
        },
        { requiredKeys: [] },
      ),
    })
    .map(({ texts, draft }): FormDraft => ({ ...draft, ...(Object.keys(texts).length === 0 ? {} : { texts }) }));

  it('opens the same view again, also when it had to move to the session', () => {
    fc.assert(
      fc.property(
        fc.record({ query, jobId, lineageJobId: jobId, grownJobIds, known, view, form }),
        ({ known: more, ...rest }) => {
          const state = { ...rest, ...more };
          const storage = newStorage();
          const search = writeUrlState(state, storage);
          expect(search.length).toBeLessThanOrEqual(MAX_URL_CHARS + 200);
          expect(readUrlState(search, storage)).toEqual(state);
        },
      ),
    );
  });

  it('says nothing of what is as usual', () => {
    const asUsual = { query: undefined, jobId: undefined, lineageJobId: undefined, grownJobIds: [], form: NO_DRAFT };
    expect(writeUrlState({ ...asUsual, view: FIRST_VIEW }, newStorage())).toBe('');
    const relations = { ...FIRST_VIEW, lineageFace: 'relations' } as const;
    expect(writeUrlState({ ...asUsual, view: relations }, newStorage())).toBe('?face=relations');
  });

  it('takes nothing that is malformed', () => {
    expect(readUrlState('?job=../../etc&lineage=1&grown=1,../x&q=&profile=nobody', newStorage())).toEqual({
      query: undefined,
      jobId: undefined,
      lineageJobId: undefined,
      grownJobIds: [],
      view: FIRST_VIEW,
      form: NO_DRAFT,
    });
    expect(readUrlState('?q=A&profile=nobody&domains=none', newStorage()).query).toMatchObject({
      profile: 'query_tool',
    });
    expect(readUrlState('?q=A&profile=query_tool_reverse&type=lot_id', newStorage()).query).toMatchObject({
      inputType: 'serial_number',
    });
  });

  it('takes nothing that is malformed of what the form holds', () => {
    for (const wrong of [
      '?form.tab=nowhere&form.mode=x&form.direction=up&form.merges=yes&form.records=all',
      '?form.type.query_tool=serial_number&form.type.nowhere=lot_id&form.q.nowhere=A',
      '?form.from.machines=2026-01-01&form.to.query_tool=2026-01-31',
      '?form.from.machines=2026-01-01&form.to.machines=<b>',
      `?form.q.machines=${'x'.repeat(MAX_DRAFT_CHARS + 1)}`,
    ])
      expect([wrong, readUrlState(wrong, newStorage()).form]).toEqual([wrong, NO_DRAFT]);
  });

  it('takes nothing that is malformed of how the result is looked at', () => {
    const viewOf = (search: string) => readUrlState(search, newStorage()).view;
    for (const wrong of [
      '?tab=<b>&node=../x',
      '?face=&timeline=nowhere',
      '?sort=history&sort=nowhere:A&sort=history:--A&sort=history:A B',
      '?where=history:A&where=history:A:&where=history:A:%20&where=history:A:>abc&where=history::x',
      `?where=history:A:${'x'.repeat(501)}`,
      '?hide=nowhere:A',
    ])
      expect([wrong, viewOf(wrong)]).toEqual([wrong, FIRST_VIEW]);
    expect(viewOf('?face=relations&timeline=unplaced')).toEqual({
      ...FIRST_VIEW,
      lineageFace: 'relations',
      timelineFace: 'unplaced',
    });
    expect(viewOf('?hide=history:A,,B C,A&sort=history:-A&sort=history:B').domains.get('history')).toEqual({
      spec: { sort: { column: 'A', isDescending: true }, filters: [] },
      columns: { hidden: ['A'], pinned: [], order: [] },
    });
  });

  const DAYS = 'mode=date_range&from=2026-01-01&to=2026-01-31&groups=成型&profile=mid_section_defect';
  const read = (search: string) => readUrlState(`?${search}`, newStorage()).query;

  it('takes days only where they belong, and no days that the edge would refuse', () => {
    expect(read(DAYS)).toMatchObject({ mode: 'date_range', startDate: '2026-01-01', groups: ['成型'] });
    for (const [from, to] of [
      ['from=2026-01-01', 'from=2026-02-30'],
      ['to=2026-01-31', 'to=2025-12-31'],
      ['to=2026-01-31', 'to=2028-01-01'],
      ['to=2026-01-31', ''],
      ['groups=成型', 'groups=nowhere'],
      ['mid_section_defect', 'query_tool'],
    ] as const)
      expect(read(DAYS.replace(from, to))).toBeUndefined();
  });

  it('takes machines only with days that the edge takes', () => {
    const machines = 'mode=machines&q=GWBK-0241&from=2026-01-01&to=2026-01-31';
    expect(read(`${machines}&records=everything`)).toMatchObject({ machines: ['GWBK-0241'], records: 'lots' });
    for (const [part, wrong] of [
      ['q=GWBK-0241', 'q=,'],
      ['from=2026-01-01', 'from=2026-02-01'],
    ] as const)
      expect(read(machines.replace(part, wrong))).toBeUndefined();
  });

  it('takes a direction only where there is a choice, and merges only forward', () => {
    const forward = { direction: 'forward', followMerges: true, domains: ['upstream_history', 'downstream_rejects'] };
    expect(read(`${DAYS}&direction=forward&merges=1`)).toMatchObject(forward);
    expect(read(`${DAYS}&merges=1`)).toMatchObject({ direction: 'backward', followMerges: false });
    expect(read('q=A&profile=query_tool&direction=backward&merges=1')).toMatchObject({
      direction: 'forward',
      followMerges: true,
    });
  });
});

function snapshot(events: StageState, percent: number | null, state = 'reading'): TraceSnapshot {
  return {
    run: 1,
    stages: { seed_resolve: 'done', lineage: 'done', events },
    stream: { percent, connection: { state } },
  } as TraceSnapshot;
}

describe('what is spoken', () => {
  it('is a phase when it changes, and each ten percent once', () => {
    const said: unknown[] = [];
    let before: TraceSnapshot | undefined = snapshot('waiting', null);
    const steps = [
      snapshot('active', null),
      ...Array.from({ length: 101 }, (_, percent) => snapshot('active', percent)),
      snapshot('done', 100),
    ];
    for (const next of steps) {
      const spoken = announce(before, next);
      if (spoken !== undefined) said.push(spoken.type === 'percent' ? spoken.percent : spoken.type);
      before = next;
    }
    expect(said).toEqual(['stage', 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 'stage']);
  });

  it('is each ten percent of a stage that became a job, counted anew in the next one', () => {
    const reading = (stage: Stage, percent: number | null): TraceSnapshot =>
      ({
        run: 1,
        stages: { seed_resolve: 'done', lineage: 'active', events: 'waiting', [stage]: 'active' },
        stageJob: { stage, percent },
      }) as TraceSnapshot;
    const before = reading('lineage', 29);
    expect(announce(before, reading('lineage', 30))).toEqual({ type: 'percent', percent: 30 });
    expect(announce(before, reading('lineage', null))).toBeUndefined();
    expect(announce(reading('lineage', 95), { ...snapshot('active', 0) })).toMatchObject({ type: 'stage' });
    expect(announce(snapshot('active', 0), snapshot('active', 10))).toEqual({ type: 'percent', percent: 10 });
  });

  it('is a cut and its end', () => {
    expect(announce(snapshot('active', 5), snapshot('active', 5, 'waiting'))).toEqual({ type: 'resuming' });
    expect(announce(snapshot('active', 5, 'waiting'), snapshot('active', 5))).toEqual({ type: 'resumed' });
  });
});

describe('small rules of the page', () => {
  it('asks before a cancel that throws much away', () => {
    expect(mustAskBeforeCancel(10_000, 50_000)).toBe(false);
    expect(mustAskBeforeCancel(10_001, 0)).toBe(true);
    expect(mustAskBeforeCancel(0, 50_001)).toBe(true);
  });

  it('moves the active cell inside the grid only', () => {
    const extent = { rows: 1_000_000, columns: 5, pageRows: 20 };
    const key = (name: string, ctrlKey = false) =>
      moveByKey({ key: name, ctrlKey, metaKey: false, altKey: false }, { row: 10, column: 2 }, extent);
    expect(key('PageUp')).toEqual({ row: 0, column: 2 });
    expect(key('End', true)).toEqual({ row: 999_999, column: 4 });
    expect(key('Home')).toEqual({ row: 10, column: 0 });
    expect(key('ArrowDown')).toEqual({ row: 11, column: 2 });
    expect(key('a')).toBeUndefined();
  });

  it('reaches every column by scrolling to the side', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 56, max: 400 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 60, max: 2000 }),
        (widths, viewPx) => {
          const layout = layOutColumns(widths, 0, viewPx);
          const seen = new Set<number>();
          for (let left = 0; left <= (layout.edges.at(-1) ?? 0); left += 40) {
            const { from, to } = columnsInView(layout, left, viewPx);
            for (let column = from; column < to; column++) seen.add(column);
          }
          expect(seen.size).toBe(widths.length);
        },
      ),
    );
  });

  it('shows plant time as it is, and any other text untouched', () => {
    expect(cellText('2026-01-05T08:00:00')).toBe('2026-01-05 08:00:00');
    expect(cellText('<b>批次</b> 🧪')).toBe('<b>批次</b> 🧪');
    expect(cellText(null)).toBe('');
    expect(cellText(0)).toBe('0');
  });

  it('puts internal ids behind the names people know, and loses none', () => {
    expect(orderColumns(['CONTAINERID', 'CONTAINERNAME', 'EQUIPMENTID', 'QTY'])).toEqual([
      'CONTAINERNAME',
      'QTY',
      'CONTAINERID',
      'EQUIPMENTID',
    ]);
  });
});
