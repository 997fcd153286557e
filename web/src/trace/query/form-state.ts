import type { EventDomain, Profile } from '#protocol/domain.ts';
import { DEFAULT_EVENT_DOMAINS, defaultEventDomains } from '#protocol/domain.ts';
import type { Direction, InputType } from '#protocol/trace.ts';
import { DEFAULT_DIRECTION, PROFILE_INPUT_TYPES } from '#protocol/trace.ts';
import type { WorkcenterGroup } from '#protocol/workcenter-group.ts';
import type { Days } from './days-input.ts';
import { DETECTION_DAYS, lastDays, MACHINE_DAYS } from './days-input.ts';
import type { MachineRecords, SeedMode, TraceQuery } from '../trace-query.ts';
import { MACHINE_RECORDS } from '../trace-query.ts';

/** The ways to ask: a profile of lots, or machines. */
export const QUERY_TABS = ['query_tool', 'query_tool_reverse', 'machines', 'mid_section_defect'] as const;
export type QueryTab = (typeof QUERY_TABS)[number];

/** Tabs that ask for days; each has its own. */
export const DAYS_TABS = ['machines', 'mid_section_defect'] as const satisfies readonly QueryTab[];
export type DaysTab = (typeof DAYS_TABS)[number];

/** All that is typed and chosen in the form, usable or not. Each tab keeps its own. */
export interface FormState {
  readonly tab: QueryTab;
  readonly mode: SeedMode;
  readonly types: Readonly<Partial<Record<QueryTab, InputType>>>;
  readonly texts: Readonly<Partial<Record<QueryTab, string>>>;
  readonly days: Readonly<Record<DaysTab, Days>>;
  readonly groups: readonly WorkcenterGroup[];
  readonly direction: Direction;
  readonly followMerges: boolean;
  readonly domains: readonly EventDomain[];
  readonly records: MachineRecords;
}

/** The form before anybody touched it. */
export function firstForm(nowMs: number): FormState {
  return {
    tab: 'query_tool',
    mode: 'container',
    types: {},
    texts: {},
    days: { machines: lastDays(nowMs, MACHINE_DAYS), mid_section_defect: lastDays(nowMs, DETECTION_DAYS) },
    groups: [],
    direction: DEFAULT_DIRECTION.query_tool,
    followMerges: false,
    domains: DEFAULT_EVENT_DOMAINS.query_tool,
    records: MACHINE_RECORDS[0],
  };
}

/** The form as it is when nothing but this query was put into it. */
export function formOf(query: TraceQuery | undefined, first: FormState): FormState {
  if (query === undefined) return first;
  if (query.mode === 'machines') {
    const { startDate, endDate, records } = query;
    const days = { ...first.days, machines: { startDate, endDate } };
    return { ...withTab(first, 'machines'), texts: { machines: query.machines.join('\n') }, days, records };
  }
  const { profile, mode, direction, followMerges, domains } = query;
  const asked = { ...first, tab: profile, mode, direction, followMerges, domains };
  if (query.mode === 'container')
    return { ...asked, types: { [profile]: query.inputType }, texts: { [profile]: query.values.join('\n') } };
  const { startDate, endDate, groups } = query;
  return { ...asked, groups, days: { ...first.days, mid_section_defect: { startDate, endDate } } };
}

/** The form with another tab in front, which goes the way and asks for the records that are usual there. */
export function withTab(form: FormState, tab: QueryTab): FormState {
  const profile = profileOf(tab);
  return { ...form, tab, direction: DEFAULT_DIRECTION[profile], domains: DEFAULT_EVENT_DOMAINS[profile] };
}

export function withDirection(form: FormState, direction: Direction): FormState {
  return { ...form, direction, domains: defaultEventDomains(profileOf(form.tab), direction) };
}

/** Of lots; where machines are asked for, none is used. */
export function profileOf(tab: QueryTab): Profile {
  return tab === 'machines' ? 'query_tool' : tab;
}

/** What the values of a tab name: the first type, until another one is chosen. */
export function inputTypeOf({ types }: Pick<FormState, 'types'>, tab: QueryTab): InputType {
  return types[tab] ?? PROFILE_INPUT_TYPES[profileOf(tab)][0];
}

/** Whose days are shown. */
export function daysTabOf(tab: QueryTab): DaysTab {
  return tab === 'machines' ? 'machines' : 'mid_section_defect';
}
