import { describe, expect, it, vi } from 'vitest';
import { DEFAULT_EVENT_DOMAINS } from '#protocol/domain.ts';
import type { JobState } from '#protocol/job.ts';
import { en } from '../../web/src/i18n/en.ts';
import { describeChoices, describeJob, describeQuery } from '../../web/src/jobs/describe-query.ts';
import { isLeftWell, leftSentence } from '../../web/src/jobs/left-sentence.ts';
import type { LeftState } from '../../web/src/jobs/left-traces.ts';
import type { Cut } from '../../web/src/trace/trace-snapshot.ts';
import type { MachinesQuery, TraceQuery, ValuesQuery } from '../../web/src/trace/trace-query.ts';
import { unanswered } from '../../web/src/trace/address/url-state.ts';

// The language of the page is read when its module is loaded.
vi.hoisted(() => {
  vi.stubGlobal('localStorage', { getItem: () => 'en' });
  vi.stubGlobal('document', { documentElement: {} });
});

const QUERY: ValuesQuery = {
  mode: 'container',
  inputType: 'lot_id',
  values: ['GA26011704-A00-003'],
  profile: 'query_tool',
  direction: 'forward',
  followMerges: false,
  domains: ['history', 'holds'],
};

const machines = (more: Partial<MachinesQuery>): MachinesQuery => ({
  mode: 'machines',
  machines: ['GWBK-0241'],
  startDate: '2026-01-01',
  endDate: '2026-01-31',
  records: 'lots',
  ...more,
});

describe('what is said of a job', () => {
  const said = (query: TraceQuery) => [describeQuery(query), ...describeChoices(query)].join(' · ');

  it('tells two queries of the same machines apart by their days and their records', () => {
    expect(said(machines({}))).toBe('GWBK-0241 · Equipment · Lots · 2026-01-01 – 2026-01-31');
    expect(said(machines({ records: 'jobs', endDate: '2026-02-01' }))).toBe(
      'GWBK-0241 · Equipment · Maintenance · 2026-01-01 – 2026-02-01',
    );
  });

  it('tells queries of the same values apart by type, direction and the kinds that were chosen', () => {
    expect(said(QUERY)).toBe('GA26011704-A00-003 · Forward query · Lot ID · History, Holds');
    const usual = { ...QUERY, domains: DEFAULT_EVENT_DOMAINS.query_tool };
    expect(said(usual)).toBe('GA26011704-A00-003 · Forward query · Lot ID');
    const defect = { ...QUERY, profile: 'mid_section_defect', followMerges: true } as const;
    expect(describeChoices(defect)).toContain(en.query.followMerges);
    expect(describeChoices(defect)).toContain(en.query.forward);
  });

  it('is what the edge knows where the query is not known here', () => {
    expect(describeJob({ kind: 'events', profile: 'query_tool', cid_count: 2500 }, ['history', 'jobs'])).toEqual([
      'Forward query',
      'Containers: 2,500',
      'History, Maintenance',
    ]);
    const defect = { kind: 'lineage', profile: 'mid_section_defect', cid_count: 0 } as const;
    expect(describeJob(defect, [])).toEqual(['Mid-section defect']);
    expect(describeJob({ kind: 'query_tool', profile: 'query_tool', cid_count: 0 }, ['rows'])).toEqual(['Rows']);
  });
});

describe('what is said of a trace that was left', () => {
  const said = (state: LeftState, query: TraceQuery = QUERY, cuts: readonly Cut[] = []) => {
    const trace = { view: { ...unanswered(query), ...(cuts.length === 0 ? {} : { cuts }) }, state };
    return [leftSentence(trace), isLeftWell(trace)];
  };
  const over = (state: JobState): LeftState => ({ type: 'over', state });

  it('speaks of machines where these are asked for', () => {
    expect(said({ type: 'starting' }, machines({}))[0]).toContain('its machines');
    expect(said({ type: 'starting' })[0]).toContain('its lots and their lineage');
  });

  it('has the figures of a refusal', () => {
    const values = { count: 1234, value: 'GW*', matched: 1200, limit: 20 };
    const [sentence, isWell] = said({ type: 'failed', problem: { code: 'TOO_MANY_MACHINES', values } }, machines({}));
    expect(sentence).toContain('These values name 1,234 machines, GW* alone 1,200; at most 20');
    expect(isWell).toBe(false);
  });

  it('tells an end with all from one with less', () => {
    expect(said(over('succeeded'))).toEqual(['The trace of GA26011704-A00-003 has ended: Done.', true]);
    for (const state of ['failed', 'partial', 'expired'] as const) expect(said(over(state))[1]).toBe(false);
    expect(said(over('succeeded'), QUERY, ['lots'])).toEqual([
      `The trace of GA26011704-A00-003 has ended: Done. ${en.jobs.cut}`,
      false,
    ]);
  });
});
