import * as fc from 'fast-check';
import { createRoot } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DIRECTIONS, PROFILE_INPUT_TYPES } from '#protocol/trace.ts';
import { EVENT_DOMAINS } from '#protocol/domain.ts';
import { WORKCENTER_GROUPS } from '#protocol/workcenter-group.ts';
import { systemClock } from '../../web/src/stream/clock.ts';
import { debounce } from '../../web/src/routes/debounce.ts';
import { applyDraft, draftOf, MAX_DRAFT_CHARS, NO_DRAFT } from '../../web/src/trace/query/form-draft.ts';
import { firstForm, formOf, profileOf, QUERY_TABS } from '../../web/src/trace/query/form-state.ts';
import type { FormState } from '../../web/src/trace/query/form-state.ts';
import { createQueryForm } from '../../web/src/trace/query/query-form.ts';
import type { QueryForm } from '../../web/src/trace/query/query-form.ts';
import { directionsOf, MACHINE_RECORDS, modesOf, SEED_MODES } from '../../web/src/trace/trace-query.ts';
import type { TraceQuery } from '../../web/src/trace/trace-query.ts';

const NOW_MS = Date.parse('2026-02-28T04:00:00Z');
const FIRST = firstForm(NOW_MS);

function withForm(use: (form: QueryForm) => void): void {
  createRoot((dispose) => {
    use(createQueryForm(NOW_MS));
    dispose();
  });
}

/** What a person does to the form. */
type Act = (form: QueryForm) => void;

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.constantFrom(...QUERY_TABS).map(
    (tab): Act =>
      (form) =>
        form.chooseTab(tab),
  ),
  fc.constantFrom(...SEED_MODES).map(
    (mode): Act =>
      (form) =>
        form.setMode(modesOf(form.profile())[0] ?? mode),
  ),
  fc.constantFrom(...SEED_MODES).map(
    (mode): Act =>
      (form) =>
        form.setMode(mode),
  ),
  fc.nat(5).map((place): Act => (form) => {
    const types = PROFILE_INPUT_TYPES[form.profile()];
    form.setInputType(types[place % types.length] ?? types[0]);
  }),
  fc.constantFrom('', 'A-1', 'A-1\nB-2', 'GD25060502', 'A-1, B-2 ').map(
    (text): Act =>
      (form) =>
        form.setText(text),
  ),
  fc.constantFrom('', '2026-01-01', '2026-02-28').map(
    (date): Act =>
      (form) =>
        form.setStartDate(date),
  ),
  fc.constantFrom('', '2026-01-31', '2026-02-28').map(
    (date): Act =>
      (form) =>
        form.setEndDate(date),
  ),
  fc.constantFrom(...WORKCENTER_GROUPS).map(
    (group): Act =>
      (form) =>
        form.toggleGroup(group),
  ),
  fc.constantFrom(...DIRECTIONS).map((direction): Act => (form) => {
    if (directionsOf(form.profile()).includes(direction)) form.chooseDirection(direction);
  }),
  fc.boolean().map(
    (follows): Act =>
      (form) =>
        form.setFollowMerges(follows),
  ),
  fc.constantFrom(...EVENT_DOMAINS).map(
    (domain): Act =>
      (form) =>
        form.toggleDomain(domain),
  ),
  fc.constantFrom(...MACHINE_RECORDS).map(
    (records): Act =>
      (form) =>
        form.setMachineRecords(records),
  ),
);

/** A form as it asks and shows itself: texts by their values, and a type that was never chosen as the first one. */
function meaning(form: QueryForm): unknown {
  const asked = QUERY_TABS.map((tab) => {
    const { texts, types } = form.state();
    return [
      (texts[tab] ?? '').split(/[\n,]/).flatMap((part) => part.trim() || []),
      types[tab] ?? PROFILE_INPUT_TYPES[profileOf(tab)][0],
    ];
  });
  const { texts: _texts, types: _types, ...others } = form.state();
  return [asked, others, form.query()];
}

describe('the query form', () => {
  it('offers a month for machines and a week for the days of lots, each its own', () => {
    withForm((form) => {
      form.chooseTab('machines');
      expect([form.startDate(), form.endDate(), form.days().days]).toEqual(['2026-01-30', '2026-02-28', 30]);
      form.setStartDate('2026-02-27');
      form.chooseTab('mid_section_defect');
      expect([form.startDate(), form.endDate(), form.days().days]).toEqual(['2026-02-22', '2026-02-28', 7]);
    });
  });

  it('is the same again from the query on screen and the draft, whatever was done to it', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 8 }), fc.array(act, { maxLength: 8 }), (before, after) => {
        withForm((form) => {
          for (const each of before) each(form);
          const query = form.query();
          for (const each of after) each(form);
          withForm((other) => {
            other.open(query, form.draft(query));
            expect(meaning(other)).toEqual(meaning(form));
            expect(other.draft(query)).toEqual(form.draft(query));
          });
        });
      }),
    );
  });

  it('says nothing besides a query that was just made of it, or just opened', () => {
    const query: TraceQuery = {
      mode: 'machines',
      machines: ['GWBK-0241'],
      startDate: '2026-01-01',
      endDate: '2026-01-02',
      records: 'jobs',
    };
    withForm((form) => {
      expect(form.draft(undefined)).toEqual(NO_DRAFT);
      form.open(query, NO_DRAFT);
      expect(form.draft(query)).toEqual(NO_DRAFT);
      expect(form.query()).toEqual(query);
      form.setText('GWBK-0241\n');
      form.setInputType('lot_id');
      expect(form.draft(query)).toEqual(NO_DRAFT);
      form.chooseTab('query_tool_reverse');
      expect(form.draft(query)).toEqual({ tab: 'query_tool_reverse' });
      form.setText('GD25060502');
      form.chooseTab('machines');
      form.setText('');
      expect(form.draft(query)).toEqual({ texts: { query_tool_reverse: 'GD25060502', machines: '' } });
    });
  });

  it('keeps no text that is longer than a query can be, and no direction that a tab does not have', () => {
    const typed = (length: number): FormState => ({ ...FIRST, texts: { query_tool: 'x'.repeat(length) } });
    expect(draftOf(typed(MAX_DRAFT_CHARS), FIRST)).toHaveProperty('texts');
    expect(draftOf(typed(MAX_DRAFT_CHARS + 1), FIRST)).toEqual(NO_DRAFT);
    expect(applyDraft(formOf(undefined, FIRST), { tab: 'query_tool_reverse', direction: 'forward' })).toMatchObject({
      tab: 'query_tool_reverse',
      direction: 'backward',
    });
  });
});

describe('what is put off until it is quiet', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is done once, so long after it was last asked for', () => {
    let done = 0;
    const waiting = debounce(() => done++, 400, systemClock);
    for (let key = 0; key < 10; key++) {
      waiting.ask();
      vi.advanceTimersByTime(399);
    }
    expect(done).toBe(0);
    vi.advanceTimersByTime(1);
    expect(done).toBe(1);
    vi.advanceTimersByTime(10_000);
    expect(done).toBe(1);
  });

  it('is done at once when somebody cannot wait, and never when it was given up', () => {
    let done = 0;
    const waiting = debounce(() => done++, 400, systemClock);
    waiting.flush();
    expect(done).toBe(0);
    waiting.ask();
    waiting.flush();
    waiting.flush();
    expect(done).toBe(1);
    waiting.ask();
    waiting.drop();
    vi.advanceTimersByTime(10_000);
    expect(done).toBe(1);
  });
});
