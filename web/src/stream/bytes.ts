/** Bytes that nothing shares with another thread: what the network gives and what digests, blobs and files take. */
export type Bytes = Uint8Array<ArrayBuffer>;
