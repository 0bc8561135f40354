import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { CustomSource, type Source } from 'mediabunny';
import { VideoError } from '../../base/errors.ts';
import { SECOND_MS } from '../../base/units.ts';
import type { Block } from '../../domain/live/block.ts';
import { isSameStamp, type FileStamp } from '../../domain/local-folder.ts';
import { limits } from '../../protocol/limits.ts';
import { stampOf } from '../files/hash-file.ts';
import { CarriedFilm } from '../media/carried-film.ts';
import { makeFragment } from '../media/fragment.ts';

/**
 * A film once, cut at key frames without decoding anything: blocks of fragmented MP4, each playable by itself, in which the times of the film go on. Together they
 * last as long as it does.
 *
 * @throws VideoError `path_not_readable`, `not_remuxable`; `file_changed` when it is no longer what was opened; whatever a parser throws
 */
export async function* filmBlocks(path: string): AsyncGenerator<Block, void> {
  const name = basename(path);
  await using file = await openFile(path);
  const stamp = stampOf(await file.stat({ bigint: true }));
  using film = await CarriedFilm.open(() => sourceOf(file, stamp, name), name);
  const { shiftS } = film;
  await film.seek(0);
  for (let number = 1; ; number += 1) {
    if (!(await isSame(path, stamp))) throw new VideoError('file_changed', { name });
    const cut = await film.cut({ minS: limits.liveBlockMs / SECOND_MS, maxBytes: limits.liveBlockMaxBytes });
    if (!cut && number === 1) throw new VideoError('not_remuxable', { name, obstacle: 'structure', codecs: [] });
    if (!cut) return;
    const { header, boxes } = await makeFragment(cut.tracks, cut.packets, { number, shiftS });
    yield { bytes: joined(header, boxes), durationMs: atMs(cut.endS + shiftS) - atMs(cut.startS + shiftS), isBeginning: number === 1 };
  }
}

/** The film again and again; one that failed begins again. */
export function loopFilm(path: string): () => Promise<Block> {
  let run: AsyncGenerator<Block, void> | undefined;
  return async () => {
    try {
      run ??= filmBlocks(path);
      let block = (await run.next()).value;
      if (!block) {
        run = filmBlocks(path);
        block = (await run.next()).value;
      }
      return block!;
    } catch (error) {
      run = undefined;
      throw error;
    }
  };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new VideoError('path_not_readable', { path }, { cause: error });
  }
}

function sourceOf(file: FileHandle, { sizeBytes }: FileStamp, name: string): Source {
  return new CustomSource({
    getSize: () => sizeBytes,
    async read(start, end) {
      if (end - start > limits.remuxReadMaxBytes) throw new VideoError('not_remuxable', { name, obstacle: 'structure', codecs: [] });
      const bytes = new Uint8Array(end - start);
      const { bytesRead } = await file.read(bytes, 0, bytes.byteLength, start);
      if (bytesRead < bytes.byteLength) throw new VideoError('file_changed', { name });
      return bytes;
    },
    maxCacheSize: limits.remuxCacheBytes,
    prefetchProfile: 'fileSystem',
    // Of what was read ahead: it is read again when it is wanted.
    handleUnhandledError: () => undefined,
  });
}

async function isSame(path: string, stamp: FileStamp): Promise<boolean> {
  try {
    return isSameStamp(stampOf(await stat(path, { bigint: true })), stamp);
  } catch {
    return false;
  }
}

function joined(header: Uint8Array, boxes: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(header.byteLength + boxes.byteLength);
  bytes.set(header);
  bytes.set(boxes, header.byteLength);
  return bytes;
}

/** Rounded on the clock of the film, so that what blocks lose does not add up. */
function atMs(seconds: number): number {
  return Math.round(seconds * SECOND_MS);
}
