import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A video in a secondary's folder, as if it had been there for a while: nobody waits for its end to be written. */
export async function putVideo(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true });
  const hidden = join(folder, '.nuevo');
  await writeFile(hidden, bytes);
  await utimes(hidden, 0, 0);
  await rename(hidden, join(folder, name));
}
