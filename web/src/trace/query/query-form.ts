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
import type { SeedInput } from '../seed-input.ts';
import { isUsable, parseSeedInput } from '../seed-input.ts';
import type { SeedMode, TraceQuery } from '../trace-query.ts';
import { modesOf } from '../trace-query.ts';

export interface QueryForm {
  readonly profile: Accessor<Profile>;
  readonly mode: Accessor<SeedMode>;
  readonly inputType: Accessor<InputType>;
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
  chooseProfile(profile: Profile): void;
  chooseDirection(direction: Direction): void;
  toggleGroup(group: WorkcenterGroup): void;
  toggleDomain(domain: EventDomain): void;
  /** Puts a query into the fields, in place of what stands there. */
  show(query: TraceQuery): void;
}

/** What is typed and chosen in the query panel. */
export function createQueryForm(nowMs: number): QueryForm {
  const first = firstDays(nowMs);
  const [profile, setProfile] = createSignal<Profile>('query_tool');
  const [chosenMode, setMode] = createSignal<SeedMode>('container');
  const [inputType, setInputType] = createSignal<InputType>(PROFILE_INPUT_TYPES.query_tool[0]);
  const [text, setText] = createSignal('');
  const [startDate, setStartDate] = createSignal(first.startDate);
  const [endDate, setEndDate] = createSignal(first.endDate);
  const [groups, setGroups] = createSignal<readonly WorkcenterGroup[]>([]);
  const [direction, setDirection] = createSignal<Direction>(DEFAULT_DIRECTION.query_tool);
  const [followMerges, setFollowMerges] = createSignal(false);
  const [domains, setDomains] = createSignal<readonly EventDomain[]>(DEFAULT_EVENT_DOMAINS.query_tool);
  const mode = (): SeedMode => (modesOf(profile()).includes(chosenMode()) ? chosenMode() : 'container');
  const values = createMemo(() => parseSeedInput(text(), inputType()));
  const days = createMemo(() => checkDays(startDate(), endDate()));

  const query = (): TraceQuery | undefined => {
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
    return { ...choices, mode: 'date_range', startDate: startDate(), endDate: endDate(), groups: groups() };
  };

  const showValues = (asked: TraceQuery & { mode: 'container' }): void => {
    setInputType(asked.inputType);
    if (values().values.join() !== asked.values.join()) setText(asked.values.join('\n'));
  };
  const showDays = (asked: TraceQuery & { mode: 'date_range' }): void => {
    setStartDate(asked.startDate);
    setEndDate(asked.endDate);
    setGroups(asked.groups);
  };

  return {
    profile,
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
    chooseProfile(next) {
      const allowed = PROFILE_INPUT_TYPES[next];
      batch(() => {
        setProfile(next);
        setDirection(DEFAULT_DIRECTION[next]);
        setDomains(DEFAULT_EVENT_DOMAINS[next]);
        if (!allowed.includes(inputType())) setInputType(allowed[0]);
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
    show(asked) {
      batch(() => {
        setProfile(asked.profile);
        setMode(asked.mode);
        setDirection(asked.direction);
        setFollowMerges(asked.followMerges);
        setDomains(asked.domains);
      });
      if (asked.mode === 'container') showValues(asked);
      else showDays(asked);
    },
  };
}

/** `chosen` with `one` more or less, in the order of `all`. */
function toggled<Value>(all: readonly Value[], chosen: readonly Value[], one: Value): Value[] {
  const next = new Set(chosen);
  if (!next.delete(one)) next.add(one);
  return all.filter((each) => next.has(each));
}
