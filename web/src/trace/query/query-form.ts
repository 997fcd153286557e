import { batch, createMemo, createSignal } from 'solid-js';
import type { Accessor } from 'solid-js';
import type { EventDomain, Profile } from '#protocol/domain.ts';
import { DEFAULT_EVENT_DOMAINS, defaultEventDomains, EVENT_DOMAINS } from '#protocol/domain.ts';
import { DEFAULT_DIRECTION, PROFILE_INPUT_TYPES } from '#protocol/trace.ts';
import type { Direction, InputType } from '#protocol/trace.ts';
import type { WorkcenterGroup } from '#protocol/workcenter-group.ts';
import { WORKCENTER_GROUPS } from '#protocol/workcenter-group.ts';
import type { DaysInput } from '../days-input.ts';
import { checkDays, firstDays } from '../days-input.ts';
import type { SeedInput, ValueType } from '../seed-input.ts';
import { isUsable, parseSeedInput } from '../seed-input.ts';
import type { LotsQuery, MachineRecords, MachinesQuery, SeedMode, TraceQuery } from '../trace-query.ts';
import { MACHINE_RECORDS, modesOf } from '../trace-query.ts';

/** The ways to ask: a profile of lots, or machines. */
export const QUERY_TABS = ['query_tool', 'query_tool_reverse', 'machines', 'mid_section_defect'] as const;
export type QueryTab = (typeof QUERY_TABS)[number];

export interface QueryForm {
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
  /** Puts a query into the fields, in place of what stands there. */
  show(query: TraceQuery): void;
  /** Takes what was typed out of all tabs. */
  clear(): void;
}

/** What is typed and chosen in the query panel. */
export function createQueryForm(nowMs: number): QueryForm {
  const first = firstDays(nowMs);
  const [tab, setTab] = createSignal<QueryTab>('query_tool');
  const profile = (): Profile => profileOf(tab());
  const [chosenMode, setMode] = createSignal<SeedMode>('container');
  const [types, setTypes] = createSignal<Partial<Record<QueryTab, InputType>>>({});
  const [texts, setTexts] = createSignal<Partial<Record<QueryTab, string>>>({});
  const [machineRecords, setMachineRecords] = createSignal<MachineRecords>(MACHINE_RECORDS[0]);
  const inputType = (): InputType => types()[tab()] ?? PROFILE_INPUT_TYPES[profile()][0];
  const valueType = (): ValueType => (tab() === 'machines' ? 'machines' : inputType());
  const text = (): string => texts()[tab()] ?? '';
  const setInputType = (type: InputType): void => void setTypes({ ...types(), [tab()]: type });
  const setText = (typed: string): void => void setTexts({ ...texts(), [tab()]: typed });
  const [startDate, setStartDate] = createSignal(first.startDate);
  const [endDate, setEndDate] = createSignal(first.endDate);
  const [groups, setGroups] = createSignal<readonly WorkcenterGroup[]>([]);
  const [direction, setDirection] = createSignal<Direction>(DEFAULT_DIRECTION.query_tool);
  const [followMerges, setFollowMerges] = createSignal(false);
  const [domains, setDomains] = createSignal<readonly EventDomain[]>(DEFAULT_EVENT_DOMAINS.query_tool);
  const mode = (): SeedMode => (modesOf(profile()).includes(chosenMode()) ? chosenMode() : 'container');
  const values = createMemo(() => parseSeedInput(text(), valueType()));
  const days = createMemo(() => checkDays(startDate(), endDate()));

  const query = (): TraceQuery | undefined => {
    const dates = { startDate: startDate(), endDate: endDate() };
    if (tab() === 'machines') {
      if (!isUsable(values()) || days().trouble !== undefined) return undefined;
      return { mode: 'machines', machines: values().values, ...dates, records: machineRecords() };
    }
    if (domains().length === 0) return undefined;
    const choices = {
      profile: profile(),
      direction: direction(),
      followMerges: direction() === 'forward' && followMerges(),
      domains: domains(),
    };
    if (mode() === 'container') {
      if (!isUsable(values())) return undefined;
      return { ...choices, mode: 'container', inputType: inputType(), values: values().values };
    }
    if (days().trouble !== undefined || groups().length === 0) return undefined;
    return { ...choices, mode: 'date_range', ...dates, groups: groups() };
  };

  const showTyped = (asked: readonly string[]): void => {
    if (values().values.join() !== asked.join()) setText(asked.join('\n'));
  };
  const showDates = (asked: Pick<MachinesQuery, 'startDate' | 'endDate'>): void => {
    setStartDate(asked.startDate);
    setEndDate(asked.endDate);
  };
  const showLots = (asked: LotsQuery): void => {
    batch(() => {
      setTab(asked.profile);
      setMode(asked.mode);
      setDirection(asked.direction);
      setFollowMerges(asked.followMerges);
      setDomains(asked.domains);
    });
    if (asked.mode === 'container') {
      setInputType(asked.inputType);
      return showTyped(asked.values);
    }
    showDates(asked);
    setGroups(asked.groups);
  };

  return {
    tab,
    profile,
    valueType,
    machineRecords,
    setMachineRecords,
    mode,
    inputType,
    text,
    startDate,
    endDate,
    groups,
    direction,
    followMerges,
    domains,
    values,
    days,
    query,
    setMode,
    setInputType,
    setText,
    setStartDate,
    setEndDate,
    setFollowMerges,
    chooseTab(next) {
      batch(() => {
        setTab(next);
        setDirection(DEFAULT_DIRECTION[profile()]);
        setDomains(DEFAULT_EVENT_DOMAINS[profile()]);
      });
    },
    chooseDirection(next) {
      batch(() => {
        setDirection(next);
        setDomains(defaultEventDomains(profile(), next));
      });
    },
    toggleGroup: (group) => setGroups(toggled(WORKCENTER_GROUPS, groups(), group)),
    toggleDomain: (domain) => setDomains(toggled(EVENT_DOMAINS, domains(), domain)),
    clear: () => void setTexts({}),
    show(asked) {
      if (asked.mode !== 'machines') return showLots(asked);
      setTab('machines');
      setMachineRecords(asked.records);
      showDates(asked);
      showTyped(asked.machines);
    },
  };
}

function profileOf(tab: QueryTab): Profile {
  return tab === 'machines' ? 'query_tool' : tab;
}

/** `chosen` with `one` more or less, in the order of `all`. */
function toggled<Value>(all: readonly Value[], chosen: readonly Value[], one: Value): Value[] {
  const next = new Set(chosen);
  if (!next.delete(one)) next.add(one);
  return all.filter((each) => next.has(each));
}
