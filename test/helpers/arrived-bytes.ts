import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessCluster } from './process-cluster.ts';

/** Bytes of unfinished uploads on those secondaries. */
export async function arrivedBytes(cluster: ProcessCluster, secondaries: readonly number[]): Promise<number> {
  let bytes = 0;
  for (const number of secondaries) {
    const incoming = join(cluster.folderOf(number), '.videopartes', 'incoming');
    for (const name of await readdir(incoming)) {
      if (name.endsWith('.upload')) bytes += await stat(join(incoming, name)).then(({ size }) => size, () => 0);
    }
  }
  return bytes;
}
