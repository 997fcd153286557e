/** Draws a line as the data of an SVG path, from the place where the last move or line ended. */
export interface PathPen {
  move(x: number, y: number): void;
  /** Along the row to `x`. */
  across(x: number): void;
  /** Along the column to `y`. */
  down(y: number): void;
  /** Round a corner at (cornerX, cornerY). */
  turn(cornerX: number, cornerY: number, x: number, y: number): void;
  /** What was drawn, in pieces that may be drawn in any order; equal ones need to be drawn only once. */
  pieces(): readonly string[];
}

/** `dashes`: lengths of dashes and gaps; none for a solid line. */
export function openPen(dashes: readonly number[]): PathPen {
  return dashes.length === 0 ? solidPen() : dashedPen(dashes.reduce((sum, length) => sum + length, 0));
}

function solidPen(): PathPen {
  let text = '';
  return {
    move: (x, y) => void (text += `M${x} ${y}`),
    across: (x) => void (text += `H${x}`),
    down: (y) => void (text += `V${y}`),
    turn: (cornerX, cornerY, x, y) => void (text += `Q${cornerX} ${cornerY} ${x} ${y}`),
    pieces: () => [text],
  };
}

/**
 * Edges run along the same line, and the dashes of one would fill the gaps of another. So a straight line is cut where the
 * drawing's own pixels are multiples of the period, at which dashes begin anew: on one line they then all fall together.
 */
function dashedPen(periodPx: number): PathPen {
  const drawn: string[] = [];
  let x = 0;
  let y = 0;
  const straight = (from: number, to: number, draw: (from: number, to: number) => string): void => {
    const [low, high] = from < to ? [from, to] : [to, from];
    const first = Math.min(high, Math.ceil(low / periodPx) * periodPx);
    if (first > low) drawn.push(draw(low, first));
    if (high > first) drawn.push(draw(first, high));
  };
  const reach = (nextX: number, nextY: number): void => void ([x, y] = [nextX, nextY]);
  return {
    move: reach,
    across(nextX) {
      straight(x, nextX, (from, to) => `M${from} ${y}H${to}`);
      reach(nextX, y);
    },
    down(nextY) {
      straight(y, nextY, (from, to) => `M${x} ${from}V${to}`);
      reach(x, nextY);
    },
    turn(cornerX, cornerY, nextX, nextY) {
      drawn.push(`M${x} ${y}Q${cornerX} ${cornerY} ${nextX} ${nextY}`);
      reach(nextX, nextY);
    },
    pieces: () => drawn,
  };
}
