/** Numbers that follow from a seed (mulberry32), so that a run can be repeated. Not for secrets. */
export interface Random {
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
}

const MAX_UINT32 = 2 ** 32;

/** Every round of a seed has numbers of its own, whichever rounds came before. */
export function randomOf(seed: number, round: number): Random {
  let state = (Math.imul(seed, 0x9e37_79b1) ^ Math.imul(round + 1, 0x85eb_ca6b)) >>> 0;
  const next = () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / MAX_UINT32;
  };
  return { between: (least, most) => least + Math.floor(next() * (most - least + 1)) };
}
