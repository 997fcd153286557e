import type { EventDomain } from '#protocol/domain.ts';
import { EVENT_DOMAINS } from '#protocol/domain.ts';
import { MAX_SEED_VALUE_CHARS } from '#protocol/limits.ts';
import type { Direction, InputType } from '#protocol/trace.ts';
import { DIRECTIONS, PROFILE_INPUT_TYPES } from '#protocol/trace.ts';
import type { WorkcenterGroup } from '#protocol/workcenter-group.ts';
import { WORKCENTER_GROUPS } from '#protocol/workcenter-group.ts';
import type { Days } from './days-input.ts';
import { namedMembers } from '../named-members.ts';
import { MAX_QUERY_VALUES, parseSeedInput } from './seed-input.ts';
import type { MachineRecords, SeedMode } from '../trace-query.ts';
import { directionsOf, MACHINE_RECORDS, SEED_MODES } from '../trace-query.ts';
import type { DaysTab, FormState, QueryTab } from './form-state.ts';
import { DAYS_TABS, inputTypeOf, profileOf, QUERY_TABS, withDirection, withTab } from './form-state.ts';

/**
 * What the form holds that the query on screen does not say; what is absent is as that query has it. It is kept in the
 * address, and starts nothing when that is opened.
 */
export interface FormDraft {
  readonly tab?: QueryTab;
  readonly mode?: SeedMode;
  readonly types?: Readonly<Partial<Record<QueryTab, InputType>>>;
  readonly texts?: Readonly<Partial<Record<QueryTab, string>>>;
  readonly days?: Readonly<Partial<Record<DaysTab, Days>>>;
  readonly groups?: readonly WorkcenterGroup[];
  readonly direction?: Direction;
  readonly followMerges?: boolean;
  readonly domains?: readonly EventDomain[];
  readonly records?: MachineRecords;
}

export const NO_DRAFT: FormDraft = {};

/** A text that is longer has more in it than a query takes, and is not kept. */
export const MAX_DRAFT_CHARS = 2 * MAX_QUERY_VALUES * MAX_SEED_VALUE_CHARS;

/** Where `form` differs from `shown`. */
export function draftOf(form: FormState, shown: FormState): FormDraft {
  const sameTab = form.tab === shown.tab ? shown : withTab(shown, form.tab);
  const base = form.direction === sameTab.direction ? sameTab : withDirection(sameTab, form.direction);
  const types = QUERY_TABS.filter((tab) => inputTypeOf(form, tab) !== inputTypeOf(shown, tab));
  const texts = QUERY_TABS.filter((tab) => isOtherText(form.texts[tab] ?? '', shown.texts[tab] ?? ''));
  const days = DAYS_TABS.filter((tab) => !isSameDays(form.days[tab], shown.days[tab]));
  return {
    ...(form.tab === shown.tab ? {} : { tab: form.tab }),
    ...(form.mode === base.mode ? {} : { mode: form.mode }),
    ...(types.length === 0 ? {} : { types: Object.fromEntries(types.map((tab) => [tab, inputTypeOf(form, tab)])) }),
    ...(texts.length === 0 ? {} : { texts: Object.fromEntries(texts.map((tab) => [tab, form.texts[tab] ?? ''])) }),
    ...(days.length === 0 ? {} : { days: Object.fromEntries(days.map((tab) => [tab, form.days[tab]])) }),
    ...(isSameList(form.groups, base.groups) ? {} : { groups: form.groups }),
    ...(form.direction === sameTab.direction ? {} : { direction: form.direction }),
    ...(form.followMerges === base.followMerges ? {} : { followMerges: form.followMerges }),
    ...(isSameList(form.domains, base.domains) ? {} : { domains: form.domains }),
    ...(form.records === base.records ? {} : { records: form.records }),
  };
}

/** The form that the draft was made of, when `shown` is the same. */
export function applyDraft(shown: FormState, draft: FormDraft): FormState {
  const { tab, direction, types, texts, days, ...others } = draft;
  const ofTab = tab === undefined || tab === shown.tab ? shown : withTab(shown, tab);
  const isPossible = direction !== undefined && directionsOf(profileOf(ofTab.tab)).includes(direction);
  const base = isPossible ? withDirection(ofTab, direction) : ofTab;
  return {
    ...base,
    ...others,
    types: { ...base.types, ...types },
    texts: { ...base.texts, ...texts },
    days: { ...base.days, ...days },
  };
}

/** All parameters of a draft begin so. */
const PREFIX = 'form.';

/** Puts a draft into the parameters of an address. */
export function writeDraft(draft: FormDraft, params: URLSearchParams): void {
  const say = (name: string, text: string | undefined): void => {
    if (text !== undefined) params.set(PREFIX + name, text);
  };
  say('tab', draft.tab);
  say('mode', draft.mode);
  for (const tab of QUERY_TABS) {
    say(`type.${tab}`, draft.types?.[tab]);
    say(`q.${tab}`, draft.texts?.[tab]);
  }
  for (const tab of DAYS_TABS) {
    say(`from.${tab}`, draft.days?.[tab]?.startDate);
    say(`to.${tab}`, draft.days?.[tab]?.endDate);
  }
  say('groups', draft.groups?.join(','));
  say('direction', draft.direction);
  if (draft.followMerges !== undefined) say('merges', draft.followMerges ? '1' : '0');
  say('domains', draft.domains?.join(','));
  say('records', draft.records);
}

/** Reads a draft from the parameters of an address; what is malformed counts as absent. */
export function readDraft(params: URLSearchParams): FormDraft {
  const said = (name: string): string | undefined => params.get(PREFIX + name) ?? undefined;
  const types = entriesOf(QUERY_TABS, (tab) => memberOf(PROFILE_INPUT_TYPES[profileOf(tab)], said(`type.${tab}`)));
  const texts = entriesOf(QUERY_TABS, (tab) => keptText(said(`q.${tab}`)));
  const days = entriesOf(DAYS_TABS, (tab) => readDays(said(`from.${tab}`), said(`to.${tab}`)));
  const merges = memberOf(['0', '1'], said('merges'));
  return present({
    tab: memberOf(QUERY_TABS, said('tab')),
    mode: memberOf(SEED_MODES, said('mode')),
    types,
    texts,
    days,
    groups: membersOf(WORKCENTER_GROUPS, said('groups')),
    direction: memberOf(DIRECTIONS, said('direction')),
    followMerges: merges === undefined ? undefined : merges === '1',
    domains: membersOf(EVENT_DOMAINS, said('domains')),
    records: memberOf(MACHINE_RECORDS, said('records')),
  });
}

function isOtherText(text: string, shown: string): boolean {
  if (text.length > MAX_DRAFT_CHARS) return false;
  const [values, others] = [text, shown].map((each) => parseSeedInput(each, 'lot_id').values.join('\n'));
  return values !== others;
}

function isSameDays(one: Days, other: Days): boolean {
  return one.startDate === other.startDate && one.endDate === other.endDate;
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.join() === other.join();
}

function keptText(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= MAX_DRAFT_CHARS ? text : undefined;
}

/** As a date field has them: empty while there is none. */
const DATE = /^(?:\d{4}-\d{2}-\d{2})?$/;

function readDays(startDate: string | undefined, endDate: string | undefined): Days | undefined {
  if (startDate === undefined || endDate === undefined) return undefined;
  return DATE.test(startDate) && DATE.test(endDate) ? { startDate, endDate } : undefined;
}

function memberOf<Name extends string>(all: readonly Name[], said: string | undefined): Name | undefined {
  return all.find((name) => name === said);
}

/** An empty list names none; `undefined` without one. */
function membersOf<Name extends string>(all: readonly Name[], list: string | undefined): Name[] | undefined {
  return list === undefined ? undefined : namedMembers(all, list);
}

function entriesOf<Name extends string, Value>(
  names: readonly Name[],
  read: (name: Name) => Value | undefined,
): Partial<Record<Name, Value>> | undefined {
  const entries = names.flatMap((name) => {
    const value = read(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Partial<Record<Name, Value>>);
}

/** Without members that are `undefined`. */
function present(draft: { readonly [Name in keyof FormDraft]: FormDraft[Name] | undefined }): FormDraft {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined)) as FormDraft;
}
