import { count } from '../i18n/count.ts';
import { t } from '../i18n/language.ts';
import type { MaintenanceTask } from './maintenance-reading.ts';

/** How many rows a task has done, and of how many, in the present language; `undefined` where that is not known. */
export function rowsText({ rowsDone, rowsTotal }: Pick<MaintenanceTask, 'rowsDone' | 'rowsTotal'>): string | undefined {
  if (rowsDone === undefined) return undefined;
  if (rowsTotal === undefined) return t('maintenance.rows', { done: count(rowsDone) });
  return t('maintenance.rowsOf', { done: count(rowsDone), total: count(rowsTotal) });
}
