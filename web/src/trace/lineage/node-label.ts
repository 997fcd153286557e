/** Letters that take two cells of a font of even width: Chinese ones, the rare ones too, their punctuation, emoji. */
const WIDE_LETTER = /[\u2e80-\uffef\u{20000}-\u{3ffff}]|\p{Extended_Pictographic}/u;
/** Of a name that is too long, the cells that stay in front of the gap: what kind of lot it is. */
const HEAD_CELLS = 2;
const GAP = '…';

function takeCells(letters: readonly string[], cells: number): string[] {
  const taken: string[] = [];
  let left = cells;
  for (const letter of letters) {
    left -= cellsOf(letter);
    if (left < 0) break;
    taken.push(letter);
  }
  return taken;
}

function cellsOf(letter: string): number {
  return WIDE_LETTER.test(letter) ? 2 : 1;
}

/** A name for `cells` cells. Names differ in their ends, the number of the order among them, so what goes is behind the head. */
export function shortenName(name: string, cells: number): string {
  const letters = Array.from(name);
  if (takeCells(letters, cells).length === letters.length) return name;
  const head = takeCells(letters, HEAD_CELLS);
  const tail = takeCells(letters.toReversed(), cells - HEAD_CELLS - GAP.length).toReversed();
  return head.join('') + GAP + tail.join('');
}
