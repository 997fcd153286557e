import type { Bytes } from './bytes.ts';

/** Where the raw lines of a stream are kept: an append-only piece of memory or disk. */
export interface RawStore {
  /** @returns the byte offset at which `bytes` begin. @throws when there is no space left. */
  append(bytes: Bytes): number;
  read(byteOffset: number, byteLength: number): Promise<Bytes>;
  /** Reads a part of the piece that begins at `pieceOffset`. */
  readPart(pieceOffset: number, from: number, byteLength: number): Promise<Bytes>;
  clear(): void;
  close(): Promise<void>;
}

/** Keeps each piece as a Blob: the browser may move blobs out of memory, and they need no permission and no quota. */
export class BlobStore implements RawStore {
  #blobs = new Map<number, Blob>();
  #endOffset = 0;

  append(bytes: Bytes): number {
    const byteOffset = this.#endOffset;
    this.#blobs.set(byteOffset, new Blob([bytes]));
    this.#endOffset += bytes.length;
    return byteOffset;
  }

  async read(byteOffset: number, byteLength: number): Promise<Bytes> {
    const blob = this.#blobs.get(byteOffset);
    if (blob?.size !== byteLength) throw new RangeError('a store is read by the pieces that were written');
    return new Uint8Array(await blob.arrayBuffer());
  }

  async readPart(pieceOffset: number, from: number, byteLength: number): Promise<Bytes> {
    const part = this.#blobs.get(pieceOffset)?.slice(from, from + byteLength);
    if (part?.size !== byteLength) throw new RangeError('a part lies outside of its piece');
    return new Uint8Array(await part.arrayBuffer());
  }

  clear(): void {
    this.#blobs.clear();
    this.#endOffset = 0;
  }

  async close(): Promise<void> {
    this.clear();
  }
}
