import type { EventDomain, Profile } from '#protocol/domain.ts';
import type { InputType } from '#protocol/trace.ts';

/** What a person asked for. */
export interface TraceQuery {
  readonly inputType: InputType;
  readonly values: readonly string[];
  readonly profile: Profile;
  readonly domains: readonly EventDomain[];
}
