import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { VideoError } from '../../base/errors.ts';
import { SECOND_MS } from '../../base/units.ts';
import type { Block } from '../../domain/live/block.ts';
import { findReadyBlocks, type ReadyBlock } from '../../domain/live/ready-blocks.ts';
import { limits } from '../../protocol/limits.ts';
import { readBlock } from './block-media.ts';

/** The blocks of a folder, as they are on the disk, again and again; what came into it is seen when it begins again. Behind one that failed it goes on. */
export function loopFolder(path: string): () => Promise<Block> {
  let rest: readonly ReadyBlock[] = [];
  let isBeginning = false;
  return async () => {
    if (rest.length === 0) {
      rest = await listBlocks(path);
      isBeginning = true;
    }
    const [{ name }, ...others] = rest as [ReadyBlock, ...ReadyBlock[]];
    rest = others;
    const bytes = await readBytes(join(path, name), name);
    const block = { bytes, durationMs: await durationMsOf(bytes, name), isBeginning };
    isBeginning = false;
    return block;
  };
}

/** @throws VideoError `path_not_readable`, `no_blocks`, `blocks_mixed` */
async function listBlocks(path: string): Promise<readonly ReadyBlock[]> {
  const films = findReadyBlocks(await readNames(path));
  const [blocks, ...others] = films.values();
  if (!blocks) throw new VideoError('no_blocks', { path });
  if (others.length > 0) throw new VideoError('blocks_mixed', { path, films: [...films.keys()] });
  return blocks;
}

async function readNames(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter(entry => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => name);
  } catch (error) {
    throw new VideoError('path_not_readable', { path }, { cause: error });
  }
}

async function readBytes(path: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { size } = await stat(path);
    if (size > 0 && size <= limits.liveBlockMaxBytes) return new Uint8Array(await readFile(path));
  } catch (error) {
    throw new VideoError('path_not_readable', { path }, { cause: error });
  }
  throw new VideoError('not_remuxable', { name, obstacle: 'structure', codecs: [] });
}

/** Who shows it may know more of such films than is known here: it is broadcast all the same. */
async function durationMsOf(bytes: Uint8Array, name: string): Promise<number> {
  const given = new AbortController();
  const unknown = sleep(limits.liveBlockMs, limits.liveBlockMs, { signal: given.signal });
  const known = readBlock(bytes, name).then(({ startS, endS }) => Math.round((endS - startS) * SECOND_MS));
  try {
    // Of some broken files the parser waits for what never comes.
    return await Promise.race([known, unknown]);
  } catch {
    return limits.liveBlockMs;
  } finally {
    unknown.catch(() => undefined);
    given.abort();
  }
}
