import { useQuery } from '@tanstack/solid-query';
import { Show } from 'solid-js';
import { Notice } from '../../components/Notice.tsx';
import { formatCount } from '../../i18n/format.ts';
import { language, t } from '../../i18n/language.ts';
import { getJobStatus } from '../run/stage-requests.ts';

const REFRESH_MS = 3000;

/** Shown while a job has brought nothing: says whether it waits for a slot, and behind how many others. */
export function QueueNotice(props: { readonly jobId: string }) {
  const status = useQuery(() => ({
    queryKey: ['job', props.jobId],
    queryFn: ({ signal }) => getJobStatus(props.jobId, signal),
    refetchInterval: REFRESH_MS,
    retry: false,
  }));
  const known = () => (status.isSuccess ? status.data : undefined);
  const ahead = () => known()?.queue?.ahead;
  return (
    <Show when={known()?.state === 'queued'}>
      <Notice tone="info">
        {ahead() === undefined
          ? t('progress.queuedAlone')
          : t('progress.queued', { ahead: formatCount(ahead() ?? 0, language()) })}
      </Notice>
    </Show>
  );
}
