import type { StatementFile } from '../sql/statement-file.ts';
import type { Row } from '../warehouse.ts';

/**
 * One answer of the answers to the parts of a list, as the header of the statement rules. Rows keep the order they came
 * in: that of the statement within a part, that of the list between parts. Whoever needs one order over all of them
 * sorts, as seeds and lineage do; a range of events is never cut.
 */
export function joinParts({ name, parts: rule }: StatementFile, answers: readonly (readonly Row[])[]): Row[] {
  if (answers.length > 1 && !rule) throw new Error(`${name}: has no rule for parts`);
  if (answers.length < 2 || rule?.keep !== 'least') return answers.flat();
  const kept = new Map<Row[string] | undefined, Row>();
  for (const row of answers.flat()) {
    const before = kept.get(row[rule.of]);
    if (!before || Number(row[rule.least]) < Number(before[rule.least])) kept.set(row[rule.of], row);
  }
  return [...kept.values()];
}
