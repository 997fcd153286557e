/** A trace under way: its stages, its progress, its cancel and its end. */

export const stage = {
  label: 'Progress of the trace',
  seed_resolve: 'Resolve lots',
  machines: 'Find machines',
  lineage: 'Trace lineage',
  events: 'Query events',
  waiting: 'Waiting',
  active: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  skipped: 'Not run',
  lots: '{{ count }} found',
  machinesFound: '{{ count }} found',
  containers: '{{ count }} linked',
  records: '{{ count }} read',
} as const;

export const progress = {
  label: 'Events read',
  percent: 'Progress',
  records: 'Records',
  rate: 'Records/s',
  eta: 'Remaining',
  elapsed: 'Elapsed',
  size: 'Size',
  unknown: '–',
  queued: 'Waiting for a free slot. {{ ahead }} ahead.',
  queuedAlone: 'Waiting for a free slot.',
  resuming: 'Connection cut. Resuming in {{ wait }} (attempt {{ attempt }}); what arrived is kept.',
  resumingNow: 'Connection cut. Resuming…',
  damaged: 'A damaged line arrived. Reading again from the last good place in {{ wait }}.',
  refused: 'The server asks to wait. Trying again in {{ wait }}.',
  retryNow: 'Try now',
  rereads: 'Damaged lines read again: {{ count }}',
  resumes: 'Resumed: {{ count }}',
} as const;

export const cancel = {
  action: 'Cancel',
  asked: 'Cancelling…',
  title: 'Cancel this trace?',
  body: 'It has been running for {{ elapsed }} and brought {{ records }} records. These stay on screen; the rest is not read.',
  confirm: 'Cancel the trace',
  keep: 'Keep reading',
} as const;

export const database = {
  pending: 'Asking the database to stop…',
  confirmed: 'The database has confirmed that it stopped.',
  terminated: 'The database did not answer, so its connection was closed.',
  not_running: 'The database was not running anything for this job.',
  unconfirmed:
    'The database has not confirmed that it stopped. It may go on for a while: wait some minutes before you run it again.',
} as const;

export const end = {
  complete: 'Every record has arrived; the digest of the whole result was checked.',
  proven: 'Complete',
  completeCut:
    'Every record of the containers that were read has arrived and was checked, but the query was cut before.',
  provenPart: 'Part {{ at }} of {{ count }} is complete',
  provenCut: 'Complete for what was read; the query was cut',
  truncated: 'Finished, but cut off at a limit: {{ domains }}. Trace fewer lots at a time to have all of it.',
  partial:
    'Finished with gaps. Incomplete: {{ domains }}. Do not take it for all; run it again later, or with fewer lots.',
  failed: 'Finished without a usable result. Run it again later, or with fewer lots.',
  cancelled: 'Cancelled. What had arrived is kept.',
  stopped: 'Reading stopped. What had arrived is kept.',
  withdrawn: 'You left this job. It goes on for the others who asked for it.',
  jobFailed: 'The job failed. What had arrived is kept.',
  noSeeds: 'Nothing was found for these values.',
  noSeedsHint: 'Check the spelling, or use a * for the part you are not sure of.',
  noLots: 'No lot was tracked in at these stations on these days.',
  noLotsHint: 'Choose other days or more station groups.',
} as const;

export const announce = {
  stage: '{{ stage }}: {{ state }}',
  percent: '{{ percent }} percent read',
  resuming: 'Connection cut, resuming',
  resumed: 'Connection restored',
} as const;

export const notify = {
  label: 'Notify me when a long trace ends',
  on: 'A notification will tell you when a long trace has ended while you look elsewhere. Click to turn it off.',
  off: 'Get a notification when a long trace has ended while you look elsewhere',
  denied: 'Notifications are blocked for this site in the settings of the browser.',
  complete: 'The trace has ended',
  incomplete: 'The trace has ended, but is not complete',
  failed: 'The trace has failed',
  body: 'Records: {{ records }}',
} as const;
