import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import type { Teardown } from './programs.ts';

const run = promisify(execFile);

/** A disk in memory that is mounted for a test. */
export interface SmallDisk {
  readonly path: string;
  resize(sizeMib: number): Promise<void>;
  setReadOnly(isReadOnly: boolean): Promise<void>;
}

/**
 * Mounts a disk of that size. Undefined where this is not allowed, which is logged and fails in CI.
 */
export async function mountSmallDisk(
  t: ExecutionContext,
  path: string,
  { sizeMib, isReadOnly = false }: { readonly sizeMib: number; readonly isReadOnly?: boolean },
): Promise<SmallDisk | undefined> {
  await mkdir(path, { recursive: true });
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return skipped(t, 'only root on Linux may mount a small disk');
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeMib}m${isReadOnly ? ',ro' : ''}`, 'tmpfs', path]);
  } catch (error) {
    return skipped(t, `a small disk cannot be mounted here: ${String(error)}`);
  }
  unmountAfter(t, path);
  return {
    path,
    async resize(newSizeMib) {
      await run('mount', ['-o', `remount,size=${newSizeMib}m`, path]);
    },
    async setReadOnly(isReadOnlyNow) {
      await run('mount', ['-o', `remount,${isReadOnlyNow ? 'ro' : 'rw'}`, path]);
    },
  };
}

/** Says why a test proves nothing here; CI has to be able to run everything. */
export function skipped(t: ExecutionContext, reason: string): undefined {
  t.log(`skipped: ${reason}`);
  if (process.env['CI'] === 'true') t.fail(`skipped in CI: ${reason}`);
  else t.pass();
  return undefined;
}

/** Lazily: a program that was killed may have been writing there a moment ago. */
function unmountAfter(t: Teardown, path: string): void {
  t.teardown(() => run('umount', ['--lazy', path]));
}
