import * as z from 'zod/mini';

/** The record sets a job can yield, by the kind of job that yields them. */
export const SEED_DOMAINS = ['seeds'] as const;
export const LINEAGE_DOMAINS = ['nodes', 'edges'] as const;
export const EVENT_DOMAINS = [
  'history',
  'materials',
  'rejects',
  'holds',
  'jobs',
  'upstream_history',
  'downstream_rejects',
] as const;
/** The answer of one query of the query tool, whatever its columns are. */
export const QUERY_DOMAINS = ['rows'] as const;
export const DOMAINS = [...SEED_DOMAINS, ...LINEAGE_DOMAINS, ...EVENT_DOMAINS, ...QUERY_DOMAINS] as const;

export const domainSchema = z.enum(DOMAINS);
export type Domain = z.infer<typeof domainSchema>;

export const eventDomainSchema = z.enum(EVENT_DOMAINS);
export type EventDomain = z.infer<typeof eventDomainSchema>;

export const PROFILES = ['query_tool', 'query_tool_reverse', 'mid_section_defect'] as const;
export const profileSchema = z.enum(PROFILES);
export type Profile = z.infer<typeof profileSchema>;

/** The domains an `events` call means when it names none. A profile does not restrict what may be named. */
export const DEFAULT_EVENT_DOMAINS: Readonly<Record<Profile, readonly EventDomain[]>> = {
  query_tool: ['history', 'materials', 'rejects', 'holds', 'jobs'],
  query_tool_reverse: ['history', 'materials', 'rejects', 'holds', 'jobs'],
  mid_section_defect: ['upstream_history', 'materials'],
};

/** The same for a defect that is followed down the flow. */
const DEFAULT_FORWARD_DOMAINS: Partial<Record<Profile, readonly EventDomain[]>> = {
  mid_section_defect: ['upstream_history', 'downstream_rejects'],
};

export function defaultEventDomains(profile: Profile, direction: 'backward' | 'forward'): readonly EventDomain[] {
  return (direction === 'forward' && DEFAULT_FORWARD_DOMAINS[profile]) || DEFAULT_EVENT_DOMAINS[profile];
}

/** The member of a domain's records that holds the container id; `undefined` where a record is not of one container. */
export const CONTAINER_ID_MEMBER: Readonly<Record<Domain, string | undefined>> = {
  seeds: 'container_id',
  nodes: 'container_id',
  edges: undefined,
  history: 'CONTAINERID',
  materials: 'CONTAINERID',
  rejects: 'CONTAINERID',
  holds: 'CONTAINERID',
  jobs: 'CONTAINERID',
  upstream_history: 'CONTAINERID',
  downstream_rejects: 'CONTAINERID',
  rows: undefined,
};
