import { NAME_PREFIX } from '#protocol/name-prefix.ts';

/** Columns whose texts are names; in a remark the same letters are what somebody wrote. */
const NAME_COLUMN = /NAME$/;

/** A name as people know it. The prefix is taken off where a name is shown, and only there; data, and files for machines, keep it. */
export function shownName(name: string): string {
  // A name that is nothing else would be nothing.
  return name.startsWith(NAME_PREFIX) && name.length > NAME_PREFIX.length ? name.slice(NAME_PREFIX.length) : name;
}

/** What a record says in a column, as it is shown. */
export function shownValue<Value>(column: string, value: Value): Value | string {
  return typeof value === 'string' && NAME_COLUMN.test(column) ? shownName(value) : value;
}

/** What a container is called. */
export function nameOfNode(node: { readonly container_name: string | null; readonly container_id: string }): string {
  return node.container_name === null ? node.container_id : shownName(node.container_name);
}
