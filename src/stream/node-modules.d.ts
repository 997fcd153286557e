/**
 * The few functions of Node that workerd has too (`nodejs_compat`), as the edge and its tests use them. `@types/node` as a
 * whole clashes with the types of the Workers runtime.
 */
declare module 'node:zlib' {
  export interface InflateOptions {
    readonly chunkSize?: number;
    /** More output than this throws a `RangeError` with the code `ERR_BUFFER_TOO_LARGE`. */
    readonly maxOutputLength?: number;
    /** Answers with `InflateInfo` instead of the bytes. */
    readonly info?: boolean;
  }
  export function inflateRawSync(data: Uint8Array, options?: InflateOptions): Uint8Array;
  export interface DeflateOptions {
    readonly level?: number;
    readonly finishFlush?: number;
  }
  /** The edge never compresses; its tests make segments with it. */
  export function deflateRawSync(data: Uint8Array, options?: DeflateOptions): Uint8Array;
  export const constants: { readonly Z_FULL_FLUSH: number };
  export function crc32(data: Uint8Array | string, value?: number): number;
}

declare module 'node:crypto' {
  export interface Hash {
    update(data: Uint8Array | string): Hash;
    digest(encoding: 'hex'): string;
  }
  export function createHash(algorithm: 'sha256'): Hash;
}

declare module 'node:buffer' {
  export function isUtf8(data: Uint8Array): boolean;
}
