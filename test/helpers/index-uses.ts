/**
 * Whether a text of Oracle can use an index that begins with a column of a table: a hint names it, or a condition of the
 * table's own query compares the column as it is. In the argument of a function no index on the column is of any use.
 */
export function canUseIndex(
  text: string,
  { table, column }: { readonly table: string; readonly column: string },
): boolean {
  return [...text.matchAll(new RegExp(`\\bDWH\\.${table}\\b`, 'g'))].some(({ index }) => {
    const query = queryAround(text, index);
    const alias = new RegExp(`\\bDWH\\.${table} (?!where|join|left|on|group|order|union)(\\w+)`).exec(query)?.[1];
    const own = alias === undefined ? column : `${alias}\\.${column}`;
    const hint = new RegExp(`\\bindex(_ffs)?\\(${alias} \\(${column}\\)\\)`);
    const compared = new RegExp(`\\b(where|on|and) (${own} (=|<|>|<=|>=|in|between|like)|\\S+ = ${own}\\b)( |$)`);
    return hint.test(query) || compared.test(withoutInner(query));
  });
}

/** The text between the parentheses that stand around the place, on one line. */
function queryAround(text: string, at: number): string {
  const from = findOuter(text, at, -1);
  return text.slice(from + 1, findOuter(text, at, 1)).replaceAll(/\s+/g, ' ');
}

function findOuter(text: string, at: number, step: 1 | -1): number {
  const [inner, outer] = step === 1 ? ['(', ')'] : [')', '('];
  let depth = 0;
  let place = at;
  for (; place >= 0 && place < text.length; place += step) {
    if (text[place] === inner) depth++;
    else if (text[place] === outer && depth-- === 0) break;
  }
  return place;
}

/** What stands in parentheses left out. */
function withoutInner(text: string): string {
  const shorter = text.replaceAll(/\([^()]*\)/g, '');
  return shorter === text ? text.replaceAll(/ +/g, ' ') : withoutInner(shorter);
}
