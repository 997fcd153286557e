import type { Bytes } from './bytes.ts';
import { MAX_CHUNK_RAW_BYTES } from '#protocol/limits.ts';

/** The longest line a stream may hold, newline included. */
export const MAX_LINE_BYTES = MAX_CHUNK_RAW_BYTES;

const NEWLINE = 0x0a;

/** A line that is longer than the protocol allows: reading on would only fill memory. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
}

/**
 * Cuts a byte stream into lines. It works on bytes, so a chunk may end anywhere, also inside a UTF-8 sequence.
 * A line that lies within one chunk is a view of it, not a copy.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  #parts: Bytes[] = [];
  #heldBytes = 0;

  constructor(maxLineBytes: number = MAX_LINE_BYTES) {
    this.#maxLineBytes = maxLineBytes;
  }

  /**
   * The lines that `chunk` completes, each with its newline.
   * @throws LineTooLongError as soon as a line is known to be too long.
   */
  push(chunk: Bytes): Bytes[] {
    const lines: Bytes[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      lines.push(this.#complete(chunk.subarray(from, end + 1)));
      from = end + 1;
    }
    if (from < chunk.length) this.#hold(chunk.subarray(from));
    return lines;
  }

  #complete(tail: Bytes): Bytes {
    this.#check(this.#heldBytes + tail.length);
    if (this.#heldBytes === 0) return tail;
    const line = new Uint8Array(this.#heldBytes + tail.length);
    let at = 0;
    for (const part of this.#parts) {
      line.set(part, at);
      at += part.length;
    }
    line.set(tail, at);
    this.#parts = [];
    this.#heldBytes = 0;
    return line;
  }

  #hold(part: Bytes): void {
    this.#check(this.#heldBytes + part.length);
    this.#parts.push(part);
    this.#heldBytes += part.length;
  }

  #check(lineBytes: number): void {
    if (lineBytes > this.#maxLineBytes) throw new LineTooLongError(`a line exceeds ${this.#maxLineBytes} bytes`);
  }
}
