import type { Bytes } from './bytes.ts';
import type { RawStore } from './raw-store.ts';
import { BlobStore } from './raw-store.ts';

const FILE_PREFIX = 'lotstream-stream-';

/** Keeps the lines in a file of the origin's private file system. Only inside a dedicated worker. */
class OpfsStore implements RawStore {
  readonly #directory: FileSystemDirectoryHandle;
  readonly #name: string;
  readonly #file: FileSystemSyncAccessHandle;
  #endOffset = 0;

  constructor(directory: FileSystemDirectoryHandle, name: string, file: FileSystemSyncAccessHandle) {
    this.#directory = directory;
    this.#name = name;
    this.#file = file;
  }

  append(bytes: Bytes): number {
    const byteOffset = this.#endOffset;
    const written = this.#file.write(bytes, { at: byteOffset });
    if (written !== bytes.length) throw new Error('the disk took only a part of a line');
    this.#endOffset += written;
    return byteOffset;
  }

  async read(byteOffset: number, byteLength: number): Promise<Bytes> {
    const bytes = new Uint8Array(byteLength);
    const got = this.#file.read(bytes, { at: byteOffset });
    if (got !== byteLength) throw new Error('the disk gave only a part of a line');
    return bytes;
  }

  readPart(pieceOffset: number, from: number, byteLength: number): Promise<Bytes> {
    return this.read(pieceOffset + from, byteLength);
  }

  clear(): void {
    this.#file.truncate(0);
    this.#endOffset = 0;
  }

  async close(): Promise<void> {
    this.#file.close();
    await this.#directory.removeEntry(this.#name).catch(() => undefined);
  }
}

/** Files of pages that are gone. A file that another tab still writes is locked, so removing it fails, and it stays. */
async function removeLeftovers(directory: FileSystemDirectoryHandle): Promise<void> {
  const names: string[] = [];
  for await (const name of directory.keys()) if (name.startsWith(FILE_PREFIX)) names.push(name);
  await Promise.all(names.map((name) => directory.removeEntry(name).catch(() => undefined)));
}

/** A store on disk, or in blobs where the browser offers none (private windows, older Safari). */
export async function openRawStore(): Promise<RawStore> {
  try {
    const directory = await navigator.storage.getDirectory();
    await removeLeftovers(directory);
    const name = `${FILE_PREFIX}${crypto.randomUUID()}`;
    const handle = await directory.getFileHandle(name, { create: true });
    return new OpfsStore(directory, name, await handle.createSyncAccessHandle());
  } catch {
    return new BlobStore();
  }
}
