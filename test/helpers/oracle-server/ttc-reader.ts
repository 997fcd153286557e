const LONG_VALUE = 254;
const NO_VALUE = 255;

/** Reads a TTC message; the counterpart of `TtcWriter`. @throws RangeError when the message is shorter than it should be. */
export class TtcReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#at++);
  }

  skipBytes(count: number): void {
    this.raw(count);
  }

  raw(count: number): Buffer {
    if (this.#at + count > this.#bytes.length) throw new RangeError('the message ends too early');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  integer(): number {
    const length = this.byte();
    let value = 0;
    for (const byte of this.raw(length & 0x7f)) value = value * 256 + byte;
    return length & 0x80 ? -value : value;
  }

  skipIntegers(count: number): void {
    for (let index = 0; index < count; index++) this.integer();
  }

  /** A value; null for no bytes. */
  value(): Buffer | null {
    const length = this.byte();
    if (length === 0 || length === NO_VALUE) return null;
    if (length !== LONG_VALUE) return this.raw(length);
    const chunks: Buffer[] = [];
    for (let chunk = this.integer(); chunk > 0; chunk = this.integer()) chunks.push(this.raw(chunk));
    return Buffer.concat(chunks);
  }

  text(): string {
    return this.value()?.toString() ?? '';
  }

  /** A text whose length stands before it once more. */
  name(): string {
    return this.integer() === 0 ? '' : this.text();
  }
}
