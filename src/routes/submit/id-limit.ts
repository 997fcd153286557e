import type { Profile } from '#protocol/domain.ts';
import type { Settings } from '../../settings.ts';

/** Most ids of one job of a profile. */
export function limitIdsOf(profile: Profile, settings: Settings): number {
  return profile === 'mid_section_defect' ? settings.msdLimitIds : settings.eventsLimitIds;
}
