import { createMemo, createSignal } from 'solid-js';
import type { Accessor } from 'solid-js';
import type { EventDomain, Profile } from '#protocol/domain.ts';
import { EVENT_DOMAINS } from '#protocol/domain.ts';
import type { Direction, InputType } from '#protocol/trace.ts';
import type { WorkcenterGroup } from '#protocol/workcenter-group.ts';
import { WORKCENTER_GROUPS } from '#protocol/workcenter-group.ts';
import type { Days, DaysInput } from './days-input.ts';
import { checkDays } from './days-input.ts';
import type { SeedInput, ValueType } from './seed-input.ts';
import { isUsable, parseSeedInput } from './seed-input.ts';
import type { MachineRecords, SeedMode, TraceQuery } from '../trace-query.ts';
import { modesOf } from '../trace-query.ts';
import type { FormDraft } from './form-draft.ts';
import { applyDraft, draftOf } from './form-draft.ts';
import type { FormState, QueryTab } from './form-state.ts';
import { daysTabOf, firstForm, formOf, inputTypeOf, profileOf, withDirection, withTab } from './form-state.ts';

export interface QueryForm {
  /** All of it; another object with every change. */
  readonly state: Accessor<FormState>;
  readonly tab: Accessor<QueryTab>;
  /** Of lots; where machines are asked for, none is used. */
  readonly profile: Accessor<Profile>;
  readonly mode: Accessor<SeedMode>;
  readonly inputType: Accessor<InputType>;
  /** What `values` name. */
  readonly valueType: Accessor<ValueType>;
  readonly machineRecords: Accessor<MachineRecords>;
  readonly text: Accessor<string>;
  readonly startDate: Accessor<string>;
  readonly endDate: Accessor<string>;
  readonly groups: Accessor<readonly WorkcenterGroup[]>;
  readonly direction: Accessor<Direction>;
  readonly followMerges: Accessor<boolean>;
  readonly domains: Accessor<readonly EventDomain[]>;
  /** What was typed, as it is understood. */
  readonly values: Accessor<SeedInput>;
  readonly days: Accessor<DaysInput>;
  /** What would be asked; `undefined` while something is missing or wrong. */
  readonly query: Accessor<TraceQuery | undefined>;
  readonly setMode: (mode: SeedMode) => void;
  readonly setInputType: (type: InputType) => void;
  readonly setText: (text: string) => void;
  readonly setStartDate: (date: string) => void;
  readonly setEndDate: (date: string) => void;
  readonly setFollowMerges: (follows: boolean) => void;
  readonly setMachineRecords: (records: MachineRecords) => void;
  /** Each tab keeps what was typed and which type it is of. */
  chooseTab(tab: QueryTab): void;
  chooseDirection(direction: Direction): void;
  toggleGroup(group: WorkcenterGroup): void;
  toggleDomain(domain: EventDomain): void;
  /** Puts a query and what was typed besides it into the fields, in place of what stands there. */
  open(query: TraceQuery | undefined, draft: FormDraft): void;
  /** What stands in the fields besides this query. */
  draft(query: TraceQuery | undefined): FormDraft;
}

/** What is typed and chosen in the query panel. */
export function createQueryForm(nowMs: number): QueryForm {
  const first = firstForm(nowMs);
  const [state, setState] = createSignal(first);
  const change = (part: Partial<FormState>): void => void setState((before) => ({ ...before, ...part }));
  const tab = createMemo(() => state().tab);
  const profile = (): Profile => profileOf(tab());
  const inputType = (): InputType => inputTypeOf(state(), tab());
  const valueType = createMemo((): ValueType => (tab() === 'machines' ? 'machines' : inputType()));
  const text = createMemo(() => state().texts[tab()] ?? '');
  const dates = (): Days => state().days[daysTabOf(tab())];
  const setDates = (part: Partial<Days>): void =>
    change({ days: { ...state().days, [daysTabOf(tab())]: { ...dates(), ...part } } });
  const mode = (): SeedMode => (modesOf(profile()).includes(state().mode) ? state().mode : 'container');
  const values = createMemo(() => parseSeedInput(text(), valueType()));
  const days = createMemo(() => checkDays(dates().startDate, dates().endDate));

  const query = (): TraceQuery | undefined => {
    const { direction, followMerges, domains, groups, records } = state();
    if (tab() === 'machines') {
      if (!isUsable(values()) || days().trouble !== undefined) return undefined;
      return { mode: 'machines', machines: values().values, ...dates(), records };
    }
    if (domains.length === 0) return undefined;
    const choices = {
      profile: profile(),
      direction,
      followMerges: direction === 'forward' && followMerges,
      domains,
    };
    if (mode() === 'container') {
      if (!isUsable(values())) return undefined;
      return { ...choices, mode: 'container', inputType: inputType(), values: values().values };
    }
    if (days().trouble !== undefined || groups.length === 0) return undefined;
    return { ...choices, mode: 'date_range', ...dates(), groups };
  };

  return {
    state,
    tab,
    profile,
    valueType,
    mode,
    inputType,
    text,
    values,
    days,
    query,
    machineRecords: () => state().records,
    startDate: () => dates().startDate,
    endDate: () => dates().endDate,
    groups: () => state().groups,
    direction: () => state().direction,
    followMerges: () => state().followMerges,
    domains: () => state().domains,
    setMode: (mode) => change({ mode }),
    setInputType: (type) => change({ types: { ...state().types, [tab()]: type } }),
    setText: (typed) => change({ texts: { ...state().texts, [tab()]: typed } }),
    setStartDate: (startDate) => setDates({ startDate }),
    setEndDate: (endDate) => setDates({ endDate }),
    setFollowMerges: (followMerges) => change({ followMerges }),
    setMachineRecords: (records) => change({ records }),
    chooseTab: (next) => void setState((before) => withTab(before, next)),
    chooseDirection: (next) => void setState((before) => withDirection(before, next)),
    toggleGroup: (group) => change({ groups: toggled(WORKCENTER_GROUPS, state().groups, group) }),
    toggleDomain: (domain) => change({ domains: toggled(EVENT_DOMAINS, state().domains, domain) }),
    open: (asked, draft) => void setState(applyDraft(formOf(asked, first), draft)),
    draft: (asked) => draftOf(state(), formOf(asked, first)),
  };
}

/** `chosen` with `one` more or less, in the order of `all`. */
function toggled<Value>(all: readonly Value[], chosen: readonly Value[], one: Value): Value[] {
  const next = new Set(chosen);
  if (!next.delete(one)) next.add(one);
  return all.filter((each) => next.has(each));
}
