import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { PartSpool } from '../../../lib/io/files/part-spool.ts';
import { partRoomsContract } from '../../contracts/part-rooms.ts';
import { eventually } from '../../helpers/eventually.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

partRoomsContract(test, 'in a spool', async t => {
  const spool = new PartSpool(await temporaryDirectory(t));
  t.teardown(() => spool[Symbol.asyncDispose]());
  return spool;
});

test('the folder shows nothing of it, and once all rooms are released no file is open', async t => {
  const directory = await temporaryDirectory(t);
  await using spool = new PartSpool(directory);
  const rooms = [spool.take(10), spool.take(10)];
  for (const room of rooms) await room.write(0, new Uint8Array(10));
  t.deepEqual(await readdir(directory), []);
  t.is(await openFilesUnder(directory), 1);
  rooms[0]!.release();
  t.is(await openFilesUnder(directory), 1);
  rooms[1]!.release();
  await eventually('closed', async () => (await openFilesUnder(directory)) === 0);
});

test('where no file can be made it is told, and tried again for the next room', async t => {
  const spool = new PartSpool('/proc');
  const room = spool.take(10);
  await t.throwsAsync(room.write(0, new Uint8Array(10)));
  room.release();
  await t.throwsAsync(spool.take(10).write(0, new Uint8Array(10)));
  await spool[Symbol.asyncDispose]();
});

async function openFilesUnder(directory: string): Promise<number> {
  const targets = await Promise.all((await readdir('/proc/self/fd')).map(fd => readlink(join('/proc/self/fd', fd)).catch(() => '')));
  return targets.filter(target => target.startsWith(directory)).length;
}
