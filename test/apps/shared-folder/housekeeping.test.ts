import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { keepHouse } from '../../../lib/apps/shared-folder/housekeeping.ts';
import { systemClock } from '../../../lib/base/clock.ts';
import { silentLog } from '../../../lib/base/log.ts';
import { openReplicaFolder } from '../../../lib/io/files/replica-folder.ts';
import { manifestNamed } from '../../helpers/manifests.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const HOUR_S = 3600;
const held = manifestNamed('held.mp4', 1);
const copied = manifestNamed('copied.mp4', 2);
const gone = manifestNamed('gone.mp4', 3);
const fresh = manifestNamed('fresh.mp4', 4);

/** What is left of those files, all of them written so long ago but the fresh one. */
async function whatStays(directory: string, hoursAgo: number): Promise<Record<'manifests' | 'incoming', readonly string[]>> {
  await using disk = await openReplicaFolder(directory, { clock: systemClock });
  const own = join(directory, '.videopartes');
  const written: string[] = [];
  for (const manifest of [held, copied, gone, fresh]) {
    await disk.manifests.put(manifest);
    const files = [join(own, 'manifests', `${manifest.id}.json`), ...['', '.journal', '.lock'].map(end => disk.incomingPathOf(manifest.id) + end)];
    for (const path of files.slice(1)) await writeFile(path, 'x');
    // Of the fresh one only the journal was written lately.
    written.push(...(manifest === fresh ? [files[1]!, files[3]!] : files));
  }
  await writeFile(join(own, 'incoming', 'notes.txt'), 'of somebody');
  written.push(join(own, 'incoming', 'notes.txt'));
  const atS = Date.now() / 1000 - hoursAgo * HOUR_S;
  for (const path of written) await utimes(path, atS, atS);

  const stop = new AbortController();
  const clock = { ...systemClock, sleep: async () => stop.abort() };
  await keepHouse({ leftovers: disk.leftovers, isHeld: id => id === held.id, isCopied: id => id === copied.id, clock, log: silentLog }, stop.signal);
  const names = [held, copied, gone, fresh];
  const inWords = (files: readonly string[]) =>
    files.map(file => names.reduce((text, { id, name }) => text.replace(id, name.replace('.mp4', '')), file)).sort();
  return { manifests: inWords(await readdir(join(own, 'manifests'))), incoming: inWords(await readdir(join(own, 'incoming'))) };
}

const partialOf = (name: string) => [`${name}.partial`, `${name}.partial.journal`, `${name}.partial.lock`];

test('what nobody wants any more is removed when it is old', async t => {
  const { manifests, incoming } = await whatStays(await temporaryDirectory(t), 8 * 24);
  t.deepEqual(manifests, ['copied.json', 'fresh.json', 'held.json']);
  t.deepEqual(incoming, [...partialOf('copied'), ...partialOf('fresh'), 'notes.txt']);
});

test('an unfinished copy is kept for days, and everything for one', async t => {
  const soon = await whatStays(await temporaryDirectory(t), 12);
  t.is(soon.manifests.length, 4);
  t.is(soon.incoming.length, 4 * 3 + 1);
  const later = await whatStays(await temporaryDirectory(t), 48);
  t.deepEqual(later.manifests, ['copied.json', 'fresh.json', 'held.json']);
  t.is(later.incoming.length, 4 * 3 + 1);
});
