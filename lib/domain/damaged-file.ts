import { VideoError } from '../base/errors.ts';
import type { FileId } from './file.ts';
import type { IndexedFile } from './local-folder.ts';
import { partRange } from './manifest.ts';
import type { ServedFile } from './served-files.ts';

/** A replica some of whose parts are not what its manifest says. It is not announced; its other parts are still served. */
export interface DamagedFile extends IndexedFile {
  /** In ascending order, one at least. */
  readonly badParts: readonly number[];
}

/** What came of reading a replica. */
export interface Verification {
  readonly id: FileId;
  readonly name: string;
  readonly badParts: readonly number[];
}

export function isDamaged(file: IndexedFile): file is DamagedFile {
  return file.badParts !== undefined && file.badParts.length > 0;
}

/** The same file, of which nothing is given that overlaps a part that is known to be bad at that moment. */
export function withoutBadParts(file: ServedFile, badParts: () => readonly number[]): ServedFile {
  const { manifest } = file;
  return {
    manifest,
    async read(buffer, position) {
      const bytesRead = await file.read(buffer, position);
      const isBad = badParts().some(part => {
        const { start, end } = partRange(manifest, part);
        return start < position + bytesRead && position < end;
      });
      if (isBad) throw new VideoError('file_changed', { name: manifest.name });
      return bytesRead;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(file[Symbol.asyncDispose]()),
  };
}
