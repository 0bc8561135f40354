import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { toDiskError, VideoError } from '../../base/errors.ts';
import { HeldParts } from '../../domain/held-parts.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { UnfinishedFile } from '../../domain/served-files.ts';

const { O_RDONLY, O_NOFOLLOW = 0 } = constants;

/**
 * Opens the bytes at `path`, of which those of `present` are right and more become so. One descriptor serves all who read,
 * also when the file gets its final name.
 *
 * @throws VideoError what a disk can say
 */
export async function openUnfinishedFile(path: string, manifest: Manifest, present: Iterable<number>): Promise<UnfinishedFile> {
  const handle = await open(path, O_RDONLY | O_NOFOLLOW).catch((error: unknown) => {
    throw toDiskError(error, path);
  });
  const held = new HeldParts(manifest.partHashes.length, present);
  /** Who holds the descriptor: those who read, and the download. */
  let holders = 1;
  const letGo = async () => {
    holders -= 1;
    if (holders === 0) await handle.close();
  };
  const once = (task: () => Promise<void>) => {
    let running: Promise<void> | undefined;
    return () => (running ??= task());
  };

  return {
    manifest,
    held,
    open() {
      if (holders === 0) throw new VideoError('file_changed', { name: manifest.name });
      holders += 1;
      const read = async (buffer: Uint8Array, position: number) => (await handle.read(buffer, 0, buffer.byteLength, position)).bytesRead;
      return { manifest, held, read, [Symbol.asyncDispose]: once(letGo) };
    },
    [Symbol.asyncDispose]: once(letGo),
  };
}
