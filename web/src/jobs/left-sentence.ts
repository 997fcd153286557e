import { t } from '../i18n/language.ts';
import { problemText } from '../i18n/problem-text.ts';
import { describeQuery } from './describe-query.ts';
import type { LeftTrace } from './left-traces.ts';

/** Whether there is nothing about it that somebody should look after. */
export function isLeftWell({ view, state }: Pick<LeftTrace, 'view' | 'state'>): boolean {
  if (state.type !== 'over') return state.type !== 'failed' && state.type !== 'stopped';
  return state.state === 'succeeded' && view.cuts === undefined;
}

/** What became of a trace that was left, in the present language; reactive. */
export function leftSentence({ view, state }: Pick<LeftTrace, 'view' | 'state'>): string {
  const what = describeQuery(view.query) ?? view.jobId?.slice(0, 8) ?? '';
  if (state.type === 'failed') return `${t('left.failed', { what })} ${problemText(state.problem)}`;
  if (state.type === 'starting' && view.query?.mode === 'machines') return t('left.startingMachines', { what });
  if (state.type !== 'over') return t(`left.${state.type}`, { what });
  const over = t('left.over', { what, state: t(`jobs.state.${state.state}`) });
  return view.cuts === undefined ? over : `${over} ${t('jobs.cut')}`;
}
