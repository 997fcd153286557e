/** Longest value whose length fits one byte; what is longer goes in chunks. */
const MAX_SHORT_BYTES = 252;
const LONG_VALUE = 254;
const CHUNK_BYTES = 32_767;
const FIRST_BYTES = 256;

/** Builds a TTC message: bytes, integers of variable length (a byte says how many follow), values with their length. */
export class TtcWriter {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  byte(...values: number[]): this {
    this.#makeRoom(values.length);
    for (const value of values) this.#bytes[this.#length++] = value;
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  integer(...values: number[]): this {
    for (const value of values) this.#integer(value);
    return this;
  }

  #integer(value: number): void {
    let length = 0;
    for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) length += 1;
    this.byte(length);
    for (let place = length - 1; place >= 0; place--) this.byte(Math.floor(value / 256 ** place) % 256);
  }

  /** No bytes at all are NULL. */
  value(bytes: Uint8Array | null): this {
    if (bytes === null || bytes.length === 0) return this.byte(0);
    if (bytes.length <= MAX_SHORT_BYTES) return this.byte(bytes.length).raw(bytes);
    this.byte(LONG_VALUE);
    for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
      const chunk = bytes.subarray(from, from + CHUNK_BYTES);
      this.integer(chunk.length).raw(chunk);
    }
    return this.integer(0);
  }

  text(text: string): this {
    return this.value(Buffer.from(text));
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
    return this.#bytes.subarray(0, this.#length);
  }

  #makeRoom(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
