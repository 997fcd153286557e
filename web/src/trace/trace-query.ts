import type { EventDomain, Profile } from '#protocol/domain.ts';
import type { Direction, InputType } from '#protocol/trace.ts';
import { DEFAULT_DIRECTION, DIRECTIONS } from '#protocol/trace.ts';
import type { WorkcenterGroup } from '#protocol/workcenter-group.ts';

/** How the lots to trace are found: by what they are called, or by when and where they were worked on. */
export const SEED_MODES = ['container', 'date_range'] as const;
export type SeedMode = (typeof SEED_MODES)[number];

interface TraceChoices {
  readonly profile: Profile;
  readonly direction: Direction;
  /** Forward only: a lot is followed into what it was merged into. */
  readonly followMerges: boolean;
  readonly domains: readonly EventDomain[];
}

export interface ValuesQuery extends TraceChoices {
  readonly mode: 'container';
  readonly inputType: InputType;
  readonly values: readonly string[];
}

export interface DaysQuery extends TraceChoices {
  readonly mode: 'date_range';
  /** Both days are included. */
  readonly startDate: string;
  readonly endDate: string;
  readonly groups: readonly WorkcenterGroup[];
}

/** What is known of a machine over some days. */
export const MACHINE_RECORDS = ['lots', 'materials', 'rejects', 'jobs', 'status_hours'] as const;
export type MachineRecords = (typeof MACHINE_RECORDS)[number];

export interface MachinesQuery {
  readonly mode: 'machines';
  /** Names, or patterns of names. */
  readonly machines: readonly string[];
  /** Both days are included. */
  readonly startDate: string;
  readonly endDate: string;
  readonly records: MachineRecords;
}

export type LotsQuery = ValuesQuery | DaysQuery;

/** What a person asked for. */
export type TraceQuery = LotsQuery | MachinesQuery;

export function modesOf(profile: Profile): readonly SeedMode[] {
  return profile === 'mid_section_defect' ? SEED_MODES : ['container'];
}

/** A query of lots goes one way; a defect is followed up the flow or down. */
export function directionsOf(profile: Profile): readonly Direction[] {
  return profile === 'mid_section_defect' ? DIRECTIONS : [DEFAULT_DIRECTION[profile]];
}
