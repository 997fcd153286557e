/**
 * What `bridge-scripted-worker.ts` does with a job; `wait`: nothing until it is told to stop; `devour`: takes
 * memory until there is none; `swell`: says that it holds `SWOLLEN_BYTES`, and finishes. `slow-…`: the same once it has a
 * permit for a slow statement, which it does not give back.
 */
const SCRIPTS = [
  'finish',
  'fail',
  'fenced',
  'hang',
  'crash',
  'wait',
  'devour',
  'swell',
  'slow-finish',
  'slow-hang',
  'slow-crash',
  'slow-wait',
] as const;
export type Script = (typeof SCRIPTS)[number];

/** More than a bridge may hold unless told otherwise. */
export const SWOLLEN_BYTES = 5 * 1024 ** 3;

export const SCRIPT_OF_JOB: ReadonlyMap<string, Script> = new Map(
  SCRIPTS.map((script, index) => [jobIdOfIndex(index), script]),
);

export function jobIdOf(script: Script): string {
  return jobIdOfIndex(SCRIPTS.indexOf(script));
}

function jobIdOfIndex(index: number): string {
  return index.toString(16).padStart(64, '0');
}

export const SCRIPTED_WORKER = new URL('./bridge-scripted-worker.ts', import.meta.url);
