import { t } from '../../i18n/language.ts';
import type { Stage } from '../trace-snapshot.ts';

/** What a stage does; the first one looks for machines where these are asked for. */
export function stageName(stage: Stage, isOfMachines: boolean): string {
  return t(stage === 'seed_resolve' && isOfMachines ? 'stage.machines' : `stage.${stage}`);
}
