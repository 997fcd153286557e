/** The largest request of a bridge is one chunk; what is larger is not recorded. */
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');

const REQUEST_LINE = /^[A-Z]+ \S+ HTTP\/1\.1\r\n/;
const MAX_REQUEST_LINE_BYTES = 1024;

/**
 * Finds the requests in what one HTTP/1.1 connection carries to its server. Bodies have a `Content-Length`: the bridge
 * sends no other. May begin anywhere: what comes before a part that begins a request is passed over.
 */
export class RequestRecorder {
  #held: Buffer = Buffer.alloc(0);

  /** @returns the first whole request whose first line matches, if these bytes complete one. */
  take(bytes: Buffer, pattern: RegExp): Buffer | undefined {
    this.#held = Buffer.concat([this.#held, bytes]);
    for (let end = this.#endOfRequest(); end !== undefined; end = this.#endOfRequest()) {
      const request = this.#held.subarray(0, end);
      this.#held = this.#held.subarray(end);
      const firstLine = request.toString('latin1', 0, request.indexOf('\r\n'));
      if (pattern.test(firstLine)) return Buffer.from(request);
    }
    if (this.#held.byteLength > MAX_REQUEST_BYTES) this.#drop();
    return undefined;
  }

  /** `undefined`: it has not arrived as a whole. */
  #endOfRequest(): number | undefined {
    if (this.#held.byteLength === 0) return undefined;
    if (!REQUEST_LINE.test(this.#held.toString('latin1', 0, MAX_REQUEST_LINE_BYTES))) return this.#drop();
    const headEnd = this.#held.indexOf(HEAD_END);
    if (headEnd < 0) return undefined;
    const head = this.#held.toString('latin1', 0, headEnd);
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    const end = headEnd + HEAD_END.byteLength + length;
    return end <= this.#held.byteLength ? end : undefined;
  }

  #drop(): undefined {
    this.#held = Buffer.alloc(0);
    return undefined;
  }
}
