import { stat } from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';

const LOOK_EVERY_MS = 30;
const BLOCK_BYTES = 512;

/**
 * Resolves when about half of a file that is being written in no order is on the disk: its length says nothing, the
 * blocks that it takes do. Rejects with the signal's reason.
 */
export async function halfWay(path: string, sizeBytes: number, clock: Clock, signal: AbortSignal): Promise<void> {
  while ((await bytesOnDisk(path)) < sizeBytes / 2) await clock.sleep(LOOK_EVERY_MS, { signal });
}

async function bytesOnDisk(path: string): Promise<number> {
  try {
    return (await stat(path)).blocks * BLOCK_BYTES;
  } catch {
    // Not there yet.
    return 0;
  }
}
