import { createRoot, createSignal } from 'solid-js';
import { localTexts, sessionTexts } from '../storage/page-storage.ts';
import { LeftTraces } from '../jobs/left-traces.ts';
import type { LeftTrace } from '../jobs/left-traces.ts';
import { rememberedViews, rememberFound, rememberView } from '../jobs/remembered-views.ts';
import { systemClock } from '../stream/clock.ts';
import { notifyOfEnd } from '../trace/stages/notification.ts';
import { endOfLongJob } from '../trace/stages/notify-rule.ts';
import { NO_DRAFT } from '../trace/query/form-draft.ts';
import { getJobStatus } from '../trace/run/stage-requests.ts';
import { unanswered, writeUrlState } from '../trace/address/url-state.ts';
import { lastTraceSearch, setLastTraceSearch } from './last-trace.ts';

const STATUS_TIMEOUT_MS = 10_000;

/** What goes on although nobody looks at it, on whatever page one is. */
export const [tracesLeft, leftTraces] = createRoot(() => {
  const [told, setTold] = createSignal<readonly LeftTrace[]>([]);
  const traces = new LeftTraces({
    clock: systemClock,
    getStatus: (jobId) => getJobStatus(jobId, AbortSignal.timeout(STATUS_TIMEOUT_MS)),
    viewOf: (jobId) => rememberedViews(localTexts)(jobId),
    accepted(view, seeds) {
      rememberView(view, localTexts);
      if (view.jobId !== undefined && seeds !== undefined) rememberFound(view.jobId, seeds, localTexts);
      // The way back to the trace page leads to the job, not to the query once more.
      if (lastTraceSearch() === writeUrlState(unanswered(view.query), sessionTexts))
        setLastTraceSearch(writeUrlState({ ...view, form: NO_DRAFT }, sessionTexts));
    },
    ended(job) {
      const end = endOfLongJob(job);
      if (end !== undefined) notifyOfEnd({ end, jobId: job.job_id, records: job.progress.records });
    },
    changed: () => setTold(traces.told),
  });
  return [told, traces] as const;
});
