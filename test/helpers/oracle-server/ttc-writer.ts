/** Longest value whose length fits one byte; what is longer goes in chunks. */
const MAX_SHORT_BYTES = 252;
const LONG_VALUE = 254;
const CHUNK_BYTES = 32_767;

/** Builds a TTC message: bytes, integers of variable length (a byte says how many follow), values with their length. */
export class TtcWriter {
  readonly #parts: Buffer[] = [];

  byte(...values: number[]): this {
    return this.raw(Buffer.from(values));
  }

  raw(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }

  integer(...values: number[]): this {
    for (const value of values) this.#integer(value);
    return this;
  }

  #integer(value: number): void {
    if (value === 0) {
      this.byte(0);
      return;
    }
    const hex = value.toString(16);
    const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
    this.byte(bytes.length).raw(bytes);
  }

  /** No bytes at all are NULL. */
  value(bytes: Buffer | null): this {
    if (bytes === null || bytes.length === 0) return this.byte(0);
    if (bytes.length <= MAX_SHORT_BYTES) return this.byte(bytes.length).raw(bytes);
    this.byte(LONG_VALUE);
    for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
      const chunk = bytes.subarray(from, from + CHUNK_BYTES);
      this.integer(chunk.length).raw(chunk);
    }
    return this.integer(0);
  }

  /** A text with its length twice, as names and keys have it. */
  name(text: string): this {
    const bytes = Buffer.from(text);
    this.integer(bytes.length);
    return bytes.length > 0 ? this.value(bytes) : this;
  }

  pair(key: string, text: string, flags = 0): this {
    return this.name(key).name(text).integer(flags);
  }

  done(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
