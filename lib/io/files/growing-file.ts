import { open } from 'node:fs/promises';
import { toVideoError } from '../../base/errors.ts';
import type { KeptParts } from '../../domain/download/kept-parts.ts';
import type { Playback } from '../../domain/download/playback.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { ServedFiles } from '../../domain/served-files.ts';

export interface GrowingFileOptions {
  readonly manifest: Manifest;
  /** Of the unfinished file; that it gets another name meanwhile does not matter. */
  readonly path: string;
  readonly kept: KeptParts;
  /** Learns where each reader is. */
  readonly playback: Playback;
}

/** A file that is served while it is downloaded: a read waits until its parts are there. */
export async function openGrowingFile({ manifest, path, kept, playback }: GrowingFileOptions): Promise<ServedFiles & AsyncDisposable> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw toVideoError(error);
  });
  return {
    async open(id, { signal }) {
      if (id !== manifest.id) return undefined;
      const reading = playback.open(0);
      return {
        manifest,
        async read(buffer, position) {
          const { partSizeBytes } = manifest;
          reading.moveTo(position);
          const end = Math.min(position + buffer.byteLength, manifest.sizeBytes);
          for (let part = Math.floor(position / partSizeBytes); part * partSizeBytes < end; part += 1) await kept.whenHere(part, { signal });
          const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, position);
          return bytesRead;
        },
        async [Symbol.asyncDispose]() {
          reading.close();
        },
      };
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}
