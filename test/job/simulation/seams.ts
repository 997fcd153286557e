import type { positionAfter } from '../../../src/job/job-reads.ts';
import type { decide } from '../../../src/job/job-state.ts';
import type { requireTotals } from '../../../src/job/log-writes.ts';
import type { decideSeal } from '../../../src/job/seal-rules.ts';

/**
 * The decisions of the product that a mutant may change. They are plain functions, so a test that wants mutants lets the
 * loader put `withSeam` in front of their modules; methods of classes are changed where they are.
 */
export interface Decisions {
  readonly decide: typeof decide;
  readonly decideSeal: typeof decideSeal;
  readonly requireTotals: typeof requireTotals;
  readonly positionAfter: typeof positionAfter;
}

type Change<Name extends keyof Decisions> = (original: Decisions[Name]) => Decisions[Name];
const changes = new Map<keyof Decisions, unknown>();

/** Undoes a change. */
export type Undo = () => void;

export function changeDecision<Name extends keyof Decisions>(name: Name, change: Change<Name>): Undo {
  changes.set(name, change);
  return () => void changes.delete(name);
}

/** The module as it is, but that one of its functions asks here first. */
export function withSeam<Module extends object>(module: Module, name: keyof Decisions & keyof Module): Module {
  const original = module[name] as Decisions[typeof name];
  const seam = (...input: unknown[]): unknown => {
    const change = changes.get(name) as ((original: unknown) => (...input: unknown[]) => unknown) | undefined;
    return (change ? change(original) : (original as (...input: unknown[]) => unknown))(...input);
  };
  return { ...module, [name]: seam };
}

/** Changes a method of every object of a class. */
export function changeMethod<Prototype extends object, Name extends keyof Prototype>(
  prototype: Prototype,
  name: Name,
  change: (original: Prototype[Name]) => Prototype[Name],
): Undo {
  const original = prototype[name];
  prototype[name] = change(original);
  return () => {
    prototype[name] = original;
  };
}
