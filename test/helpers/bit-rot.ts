import { execFile } from 'node:child_process';
import { open, rm, stat, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Flips a bit in each of the places, as a disk that ages does: afterwards size and modification time are what they were, to
 * the nanosecond. While it writes they are not, so that nobody should be looking.
 */
export async function rot(path: string, ...offsets: readonly number[]): Promise<void> {
  const before = await stat(path, { bigint: true });
  const times = `${path.replace(/[^/]*$/, '')}.times-${process.pid}-${before.ino}`;
  await writeFile(times, '');
  try {
    await run('touch', ['-r', path, times]);
    const file = await open(path, 'r+');
    const byte = Buffer.alloc(1);
    for (const offset of offsets) {
      await file.read(byte, 0, 1, offset);
      byte[0]! ^= 1;
      await file.write(byte, 0, 1, offset);
    }
    await file.close();
    await run('touch', ['-r', times, path]);
  } finally {
    await rm(times, { force: true });
  }
  const after = await stat(path, { bigint: true });
  if (after.mtimeNs !== before.mtimeNs || after.size !== before.size) throw new Error('the damage shows');
}
