import type { Machine } from '../run/machines.ts';
import { parseSeedInput, VALUE_SEPARATORS } from './seed-input.ts';

/** Machines that are listed at once; a person narrows the search rather than read more. */
export const MAX_LISTED_MACHINES = 100;

export interface ListedMachines {
  readonly shown: readonly Machine[];
  /** Machines that match as well. */
  readonly more: number;
}

/** Machines that have every word of `text` in their name, model, work center or group; each name once. */
export function searchMachines(machines: readonly Machine[], text: string): ListedMachines {
  const words = text.toUpperCase().split(/\s+/);
  const found = new Map<string, Machine>();
  for (const machine of machines) {
    const { name, model, workCenter, group } = machine;
    const texts = [name, model, workCenter, group].map((each) => each.toUpperCase());
    const isFound = words.every((word) => texts.some((each) => each.includes(word)));
    const key = machineValue(machine).toUpperCase();
    if (isFound && key !== '' && !found.has(key)) found.set(key, machine);
  }
  const shown = [...found.values()].slice(0, MAX_LISTED_MACHINES);
  return { shown, more: found.size - shown.length };
}

/**
 * How a machine is named in a query: its characters stand for themselves. One that would end the value is written as the
 * wildcard of one character.
 */
export function machineValue({ name }: Pick<Machine, 'name'>): string {
  return name
    .replaceAll(/[*%_\\]/g, String.raw`\$&`)
    .replaceAll(VALUE_SEPARATORS, (separators) => '_'.repeat(separators.length));
}

/** Whether a text names this machine by itself; names have no case. */
export function chosenMachines(text: string): (machine: Pick<Machine, 'name'>) => boolean {
  const chosen = new Set(parseSeedInput(text, 'machines').values.map((value) => value.toUpperCase()));
  return (machine) => chosen.has(machineValue(machine).toUpperCase());
}

/** The text with this machine in it, or without it if it was named there. */
export function toggleMachine(text: string, machine: Pick<Machine, 'name'>): string {
  const { values } = parseSeedInput(text, 'machines');
  const value = machineValue(machine);
  const others = values.filter((each) => each.toUpperCase() !== value.toUpperCase());
  return (others.length < values.length ? others : [...values, value]).join('\n');
}
