import { readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { lockForProcess } from '../../../lib/io/files/process-lock.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

test('one holder at a time, also within one process', async t => {
  const path = join(await temporaryDirectory(t), 'lock');
  const attempts = await Promise.allSettled([lockForProcess(path), lockForProcess(path)]);
  t.deepEqual(attempts.map(({ status }) => status), ['fulfilled', 'rejected']);
  t.is(await readFile(path, 'utf8'), `${process.pid} ${hostname()}\n`);
  await (attempts[0] as PromiseFulfilledResult<AsyncDisposable>).value[Symbol.asyncDispose]();
  await using again = await lockForProcess(path);
  t.truthy(again);
});

test('a living process keeps its lock', async t => {
  const path = join(await temporaryDirectory(t), 'lock');
  await writeFile(path, `${process.ppid} ${hostname()}\n`);
  await t.throwsAsync(lockForProcess(path), { code: 'path_in_use' });
});

test('the lock of an earlier process with the same number is taken over', async t => {
  const path = join(await temporaryDirectory(t), 'lock');
  await writeFile(path, `${process.pid} ${hostname()}\n`);
  await using lock = await lockForProcess(path);
  t.truthy(lock);
});

test('a lock from before the machine started is taken over, whoever has that number now', async t => {
  const path = join(await temporaryDirectory(t), 'lock');
  await writeFile(path, `${process.ppid} ${hostname()}\n`);
  await utimes(path, 1, 1);
  await using lock = await lockForProcess(path);
  t.truthy(lock);
});
