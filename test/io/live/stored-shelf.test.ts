import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { eventually } from '../../helpers/eventually.ts';
import { arrived, BLOCK_MS, openShelfSite } from '../../helpers/live-shelf.ts';
import { mountSmallDisk } from '../../helpers/mounts.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const blocksIn = async (directory: string) => (await readdir(directory, { recursive: true })).filter(name => name.endsWith('.mp4')).map(name => name.split('/').at(-1)).toSorted();

test('a block is on disk while it is held, is shown when it is due, and goes when it is old', async t => {
  const { shelf, directory, clock, show } = await openShelfSite(t);
  await show(0, 'zero');
  t.is(Buffer.from((await shelf.read('a-0'))!).toString(), 'zero');
  for (let number = 1; number <= 6; number += 1) await show(number, 'more');
  t.is((await blocksIn(directory)).length, 7);
  await eventually('the first one is removed', async () => {
    clock.forward(1000);
    return !(await blocksIn(directory)).includes('canal0_00000.mp4');
  });
  t.is(await shelf.read('a-0'), undefined);
  t.deepEqual(shelf.shown().entries.map(({ item }) => item.number), [1, 2, 3, 4, 5, 6]);
  await shelf[Symbol.asyncDispose]();
  t.deepEqual(await readdir(directory), []);
});

test('what waits is listed with its file, a block that comes twice is known, and one that comes late is told as missed', async t => {
  const { shelf, told, clock, show } = await openShelfSite(t);
  await show(0, 'zero');
  const dueMs = clock.now() + BLOCK_MS;
  const arrivals = await Promise.all([3, 3].map(number => shelf.put(arrived(number), Buffer.from('three'), dueMs)));
  t.deepEqual(arrivals, ['waiting', 'known']);
  t.deepEqual(shelf.waiting.map(({ path, sizeBytes }) => [path.split('/').at(-1), sizeBytes]), [['canal0_00003.mp4', 5]]);
  t.is(shelf.bytesHeld, 9);
  shelf.expect(arrived(1), clock.now());
  await eventually('the first one is missed', () => told.includes('live.missed 0 1 1'));
  t.is(await shelf.put(arrived(2), Buffer.from('two'), clock.now() - 1), 'late');
  t.deepEqual(told, ['live.missed 0 1 1', 'live.missed 0 2 2']);
});

test('a line that brings less than is broadcast is told of once, and once when it is good again', async t => {
  const { shelf, told, clock, show } = await openShelfSite(t);
  await show(0, 'zero');
  for (const number of [1, 2, 3]) {
    shelf.expect(arrived(number), clock.now() + BLOCK_MS);
    clock.forward(BLOCK_MS);
    await eventually('it is missed', () => told.includes(`live.missed 0 ${number} ${number}`));
  }
  const begun = ['live.missed 0 1 1', 'live.missed 0 2 2', 'live.missed 0 3 3', 'live.short 0'];
  t.deepEqual(told, begun);
  // The fourth and the sixth are missed too, which is no news.
  for (const number of [5, 7, 8, 9, 10, 11]) await show(number, 'good');
  t.deepEqual(told.slice(begun.length), ['live.steady 0 10']);
});

test('blocks that came and could not be kept are missed, and no line is blamed for them', async t => {
  const { shelf, told, clock } = await openShelfSite(t, { maxBytes: 15 });
  for (const number of [0, 1, 2, 3]) {
    t.is(await shelf.put(arrived(number), Buffer.alloc(16), clock.now() + BLOCK_MS), 'refused');
    clock.forward(BLOCK_MS);
    await eventually('it is missed', () => told.includes(`live.missed 0 ${number} ${number}`));
  }
  t.deepEqual(told.filter(line => !line.startsWith('live.missed')), ['live.unstored 0 0 no_room']);
});

test('beyond its room a shelf lets the oldest go, and tells it once while it lasts', async t => {
  const { shelf, directory, told, show } = await openShelfSite(t, { maxBytes: 15 });
  for (const number of [0, 1, 2, 3, 4]) await show(number, 'five.');
  t.deepEqual(told, ['live.discarded 0 0']);
  t.is(await shelf.put(arrived(5), Buffer.alloc(16), Infinity), 'refused');
  t.deepEqual(told.slice(1), ['live.unstored 0 5 no_room']);
  t.deepEqual(await blocksIn(directory), ['canal0_00002.mp4', 'canal0_00003.mp4', 'canal0_00004.mp4']);
});

test('with a full disk a viewer goes on without a block, tells it, and keeps blocks again when there is room', async t => {
  const disk = await mountSmallDisk(t, join(await temporaryDirectory(t), 'disk'), { sizeMib: 1 });
  if (!disk) return;
  const { shelf, told, clock } = await openShelfSite(t, { directory: disk.path });
  const put = (number: number) => shelf.put(arrived(number), Buffer.alloc(600_000), clock.now() + BLOCK_MS);
  t.deepEqual([await put(0), await put(1), await put(2)], ['waiting', 'unstored', 'unstored']);
  await disk.resize(4);
  t.is(await put(3), 'waiting');
  t.deepEqual(told, ['live.unstored 0 1 disk_full', 'live.stored 0 3']);
});

test('a viewer that is stopped for seconds shows at once what became due, and misses nothing that it has', async t => {
  const module = (name: string) => JSON.stringify(new URL(`../../../lib/${name}`, import.meta.url).href);
  const script = `
    import { systemClock as clock } from ${module('base/clock.js')};
    import { createLog } from ${module('base/log.js')};
    import { openStoredShelf } from ${module('io/live/stored-shelf.js')};
    const log = createLog((_level, event) => console.log(event));
    const shelf = await openStoredShelf({ directory: ${JSON.stringify(await temporaryDirectory(t))}, channel: 0, clock, log });
    const startMs = clock.now() + 3000;
    for (let number = 0; number < 4; number += 1) {
      await shelf.put({ key: 'a-' + number, stream: 'a', number, startMs: number * 200, durationMs: 200, isBeginning: false }, Buffer.from('x'), startMs + number * 200);
    }
    console.log('ready');
    while (shelf.shown().entries.length < 4) await clock.sleep(20);
    console.log(shelf.shown().entries.map(({ item, isDiscontinuity }) => (isDiscontinuity ? '|' : '') + item.number).join(' '));
    await shelf[Symbol.asyncDispose]();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  const output = createInterface(child.stdout).on('line', line => lines.push(line));
  await once(output, 'line');
  child.kill('SIGSTOP');
  // The pause itself: longer than all that waits.
  await sleep(5000);
  child.kill('SIGCONT');
  await once(child, 'close');
  t.deepEqual(lines, ['ready', '0 1 2 3']);
});
