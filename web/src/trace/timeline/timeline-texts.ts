import { figure } from '../../i18n/figure.ts';
import { t } from '../../i18n/language.ts';
import type { TimelineBar, TimelineHold, TimelineMaterial, TimelineTrack } from './timeline.ts';
import { timeText } from './timeline-view.ts';

/** Of what is drawn once, more is not listed: a title has no bar to scroll by. */
const MAX_LINES = 15;

export function loadText({ lot, machine }: TimelineTrack, { spec, fromMs, toMs, isOpen }: TimelineBar): string {
  const key = isOpen ? 'timeline.openTitle' : 'timeline.loadTitle';
  return t(key, { lot, machine, spec, from: timeText(fromMs), to: timeText(toMs) });
}

export function holdText({ atMs, releasedAtMs, reason }: TimelineHold): string {
  const at = timeText(atMs);
  if (releasedAtMs === undefined) return t('timeline.heldTitle', { reason, at });
  return t('timeline.holdTitle', { reason, at, released: timeText(releasedAtMs) });
}

export function materialText({ atMs, part, materialLot }: TimelineMaterial): string {
  return t('timeline.materialTitle', { part, lot: materialLot, at: timeText(atMs) });
}

/** Each in a line of its own, and how many more there are. */
export function listTexts<Item>(items: readonly Item[], textOf: (item: Item) => string): string {
  const lines = items.slice(0, MAX_LINES).map(textOf);
  const rest = items.length - lines.length;
  return [...lines, ...(rest > 0 ? [t('timeline.more', { count: figure(rest) })] : [])].join('\n');
}
