import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'ava';
import { lockForProcess } from '../../../lib/io/files/process-lock.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

test('one holder at a time, also within one process', async t => {
  const path = join(await temporaryDirectory(t), 'lock');
  const attempts = await Promise.allSettled([lockForProcess(path), lockForProcess(path)]);
  t.deepEqual(attempts.map(({ status }) => status), ['fulfilled', 'rejected']);
  t.regex(await readFile(path, 'utf8'), new RegExp(`^${process.pid} ${hostname()}(?: [0-9a-f-]{36})?\n$`));
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

test('a clock that is put forward takes no lock away from who lives; one of an earlier boot is taken over, whatever its date', async t => {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined);
  if (boot === undefined) {
    t.pass('only Linux tells one boot from another');
    return;
  }
  const path = join(await temporaryDirectory(t), 'lock');
  await writeFile(path, `${process.ppid} ${hostname()} ${boot}`);
  await utimes(path, 1, 1);
  await t.throwsAsync(lockForProcess(path), { code: 'path_in_use' });
  await writeFile(path, `${process.ppid} ${hostname()} 00000000-0000-4000-8000-000000000000\n`);
  await using lock = await lockForProcess(path);
  t.truthy(lock);
});

test('of several processes that find the lock of one that is gone, one gets it', async t => {
  const directory = await temporaryDirectory(t);
  const path = join(directory, 'lock');
  await writeFile(path, `999999999 ${hostname()}\n`);
  const script = join(directory, 'holder.mjs');
  await writeFile(
    script,
    `import { lockForProcess } from ${JSON.stringify(new URL('../../../lib/io/files/process-lock.js', import.meta.url).href)};
     console.log('ready');
     process.stdin.once('data', () => lockForProcess(${JSON.stringify(path)}).then(() => console.log('held'), error => console.log(error.code)));`,
  );
  const holders = Array.from({ length: 4 }, () => spawn(process.execPath, [script]));
  t.teardown(() => holders.forEach(holder => holder.kill()));
  const lines = holders.map(({ stdout }) => createInterface(stdout)[Symbol.asyncIterator]());
  const next = () => Promise.all(lines.map(async line => (await line.next()).value as string));
  await next();
  for (const holder of holders) holder.stdin.write('go\n');
  t.deepEqual((await next()).sort(), ['held', 'path_in_use', 'path_in_use', 'path_in_use']);
  t.deepEqual((await readdir(directory)).sort(), ['holder.mjs', 'lock']);
});

test('processes that hold a lock in turns never hold it at once', async t => {
  const directory = await temporaryDirectory(t);
  const path = join(directory, 'lock');
  const script = join(directory, 'holder.mjs');
  // Whoever makes the folder while another one has it made says so by its exit status.
  await writeFile(
    script,
    `import { mkdirSync, rmdirSync } from 'node:fs';
     import { lockForProcess } from ${JSON.stringify(new URL('../../../lib/io/files/process-lock.js', import.meta.url).href)};
     for (let turns = 0; turns < 100; ) {
       const lock = await lockForProcess(${JSON.stringify(path)}).catch(() => undefined);
       if (!lock) continue;
       mkdirSync(${JSON.stringify(join(directory, 'held'))});
       await new Promise(setImmediate);
       rmdirSync(${JSON.stringify(join(directory, 'held'))});
       await lock[Symbol.asyncDispose]();
       turns += 1;
     }`,
  );
  const holders = Array.from({ length: 3 }, () => spawn(process.execPath, [script], { stdio: 'ignore' }));
  t.teardown(() => holders.forEach(holder => holder.kill()));
  t.deepEqual(await Promise.all(holders.map(holder => once(holder, 'exit'))), [[0, null], [0, null], [0, null]]);
});
