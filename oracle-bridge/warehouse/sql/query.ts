import type { BindType, StatementFile } from './statement-file.ts';
import type { BindValue } from '../warehouse.ts';

/** SQL text and the values that travel beside it. Nothing a caller gives ever becomes text. */
export interface Query {
  readonly text: string;
  readonly binds: readonly QueryBind[];
}

export interface QueryBind {
  readonly name: string;
  readonly type: BindType;
  readonly value: BindValue;
}

const SLOT = /\{\{ ([a-z][a-z0-9-]*)(?: ([a-z][a-z0-9_]*))? \}\}/g;

/**
 * Fills the slots of a statement, `{{ fragment }}` or `{{ form bind }}`, with text that depends on names alone.
 * @throws Error for a brace that is left over.
 */
export function fillSlots(body: string, fill: (name: string, bind: string | undefined) => string): string {
  const text = body.replaceAll(SLOT, (_slot, name: string, bind: string | undefined) => fill(name, bind));
  if (/\{\{|\}\}/.test(text)) throw new Error('a slot of the statement was not understood');
  return text;
}

/**
 * The values of a statement in the order of its header.
 * @throws Error when a bind is missing, unknown, or of another type than the header says.
 */
export function matchBinds(file: StatementFile, values: Readonly<Record<string, BindValue>>): QueryBind[] {
  const unknown = Object.keys(values).filter((name) => !file.binds.some((bind) => bind.name === name));
  if (unknown.length > 0) throw new Error(`${file.name}: unknown binds ${unknown.join(', ')}`);
  return file.binds.map(({ name, type }) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`${file.name}: bind ${name} is missing`);
    if (!isOfType(value, type)) throw new Error(`${file.name}: bind ${name} must be ${type}`);
    return { name, type, value };
  });
}

function isOfType(value: BindValue, type: BindType): boolean {
  if (type === 'list') return Array.isArray(value);
  if (value === null) return true;
  return type === 'whole' ? Number.isSafeInteger(value) : typeof value === 'string';
}
