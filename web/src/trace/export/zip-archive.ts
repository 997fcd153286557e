import { Zip, ZipDeflate } from 'fflate';
import type { Bytes } from '../../stream/bytes.ts';
import type { ExportContainer } from './export-container.ts';

/** The quickest: records repeat themselves, and shrink to about a tenth already. */
const LEVEL = 1;
/** Sizes in an archive without extensions have 32 bits. */
const MAX_ARCHIVE_BYTES = 0xffffffff;

/** A ZIP archive with a file for each kind of records. @throws RangeError when it would be larger than such an archive can be. */
export function zipArchive(): ExportContainer {
  let pieces: Bytes[] = [];
  let file: ZipDeflate | undefined;
  let takenBytes = 0;
  const zip = new Zip((error, bytes) => {
    if (error !== null) throw error;
    pieces.push(bytes);
  });
  const take = (): readonly Bytes[] => {
    const taken = pieces;
    pieces = [];
    return taken;
  };
  return {
    begin(name) {
      file = new ZipDeflate(name, { level: LEVEL });
      zip.add(file);
    },
    add(bytes) {
      takenBytes += bytes.length;
      if (takenBytes > MAX_ARCHIVE_BYTES) throw new RangeError('more than an archive can hold');
      file?.push(bytes);
      return take();
    },
    end() {
      file?.push(new Uint8Array(), true);
      return take();
    },
    finish() {
      zip.end();
      return take();
    },
  };
}
