import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { systemClock as clock } from '../../../lib/base/clock.ts';
import { VideoError } from '../../../lib/base/errors.ts';
import type { EventName } from '../../../lib/base/events.ts';
import { createLog } from '../../../lib/base/log.ts';
import { Folder } from '../../../lib/apps/shared-folder/folder.ts';
import { Inventory } from '../../../lib/domain/inventory.ts';
import { openReplicaFolder } from '../../../lib/io/files/replica-folder.ts';
import { eventually } from '../../helpers/eventually.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const quick = { settleMs: 20, rescanMs: 50, retryMs: 1000 };

interface RunningFolder extends AsyncDisposable {
  readonly folder: Folder;
  readonly inventory: Inventory;
  readonly events: readonly EventName[];
  readonly described: readonly string[];
  /** Names that the disk does not let be looked at. */
  readonly unseen: Set<string>;
}

async function follow(directory: string, { watches = true } = {}): Promise<RunningFolder> {
  const replica = await openReplicaFolder(directory, { clock });
  const inventory = new Inventory('run');
  const events: EventName[] = [];
  const described: string[] = [];
  const unseen = new Set<string>();
  const files = {
    ...replica.files,
    list: async () => {
      const listing = await replica.files.list();
      return {
        ...listing,
        files: listing.files.filter(({ name }) => !unseen.has(name)),
        unseen: [...unseen].map(name => ({ name, error: new VideoError('path_not_readable', { path: name }) })),
      };
    },
    describe: (...[name, options]: Parameters<typeof replica.files.describe>) => {
      described.push(name);
      return replica.files.describe(name, options);
    },
    ...(!watches && { watch: () => ({ [Symbol.dispose]: () => undefined }) }),
  };
  const log = createLog((_level, event) => void events.push(event));
  const folder = new Folder(quick, { ...replica, files, inventory, clock, log, onChange: () => undefined });
  await folder.load();
  const stop = new AbortController();
  const running = folder.run(stop.signal);
  return {
    folder,
    inventory,
    events,
    described,
    unseen,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await replica[Symbol.asyncDispose]();
    },
  };
}

async function contentOf(folder: Folder, id: string): Promise<string | undefined> {
  await using file = await folder.open(id);
  if (!file) return undefined;
  const buffer = Buffer.alloc(file.manifest.sizeBytes);
  await file.read(buffer, 0);
  return `${file.manifest.name}: ${buffer}`;
}

const idIn = ({ folder }: RunningFolder, name: string) => folder.files.get(name)?.id;

async function lifeOfAFile(t: ExecutionContext, watches: boolean): Promise<void> {
  const directory = await temporaryDirectory(t);
  const path = (name: string) => join(directory, name);
  await using running = await follow(directory, { watches });
  const { folder, inventory, described, events } = running;

  await writeFile(path('señal 📺.mp4'), 'first');
  const first = await eventually('the dropped file is indexed', () => idIn(running, 'señal 📺.mp4'));
  t.is(first, manifestOf(Buffer.from('first')).id);
  t.is(await contentOf(folder, first), 'señal 📺.mp4: first');
  t.deepEqual(inventory.slice(0, 10).added, [{ name: 'señal 📺.mp4', id: first, sizeBytes: 5 }]);

  await appendFile(path('señal 📺.mp4'), ' and second');
  const second = await eventually('the changed file is indexed', () => {
    const id = idIn(running, 'señal 📺.mp4');
    return id === first ? undefined : id;
  });
  t.is(await contentOf(folder, first), undefined);
  t.is(await contentOf(folder, second), 'señal 📺.mp4: first and second');

  const reads = described.length;
  await rename(path('señal 📺.mp4'), path('renamed.mp4'));
  await eventually('the new name is indexed', () => idIn(running, 'renamed.mp4') === second);
  t.is(described.length, reads, 'a renamed file is not read again');
  t.is(await contentOf(folder, second), 'renamed.mp4: first and second');

  await rm(path('renamed.mp4'));
  await eventually('the removed file is withdrawn', () => folder.files.size === 0);
  t.is(await contentOf(folder, second), undefined);
  const { added, removed } = inventory.slice(0, 10);
  t.deepEqual([added, [...removed].sort()], [[], ['renamed.mp4', 'señal 📺.mp4']]);
  t.true(events.includes('file.changed') && events.includes('file.removed'));
}

test('a file that is dropped, changed, renamed and removed is noticed', lifeOfAFile, true);
test('so it is where the system tells nothing', lifeOfAFile, false);

test('changed bytes are not served, not even before the change was noticed', async t => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'film'), 'old bytes');
  await using running = await follow(directory);
  const id = await eventually('indexed', () => idIn(running, 'film'));
  await using file = await running.folder.open(id);
  await writeFile(join(directory, 'film'), 'new bytes');
  await t.throwsAsync(file!.read(Buffer.alloc(9), 0), { code: 'file_changed' });
  t.is(await contentOf(running.folder, id), undefined);
});

test('a restart reads nothing again, and what changed meanwhile is found', async t => {
  const directory = await temporaryDirectory(t);
  const names = ['kept', 'changed', 'removed', 'without manifest'];
  for (const name of names) await writeFile(join(directory, name), name);
  let orphan: string;
  {
    await using running = await follow(directory);
    await eventually('all indexed', () => running.folder.files.size === names.length);
    orphan = idIn(running, 'without manifest')!;
  }
  await appendFile(join(directory, 'changed'), '!');
  await rm(join(directory, 'removed'));
  await rm(join(directory, '.videopartes', 'manifests', `${orphan}.json`));
  await using running = await follow(directory);
  await eventually('indexed again', () => running.folder.files.size === 3);
  t.deepEqual([...running.described].sort(), ['changed', 'without manifest']);
  t.is(await contentOf(running.folder, idIn(running, 'changed')!), 'changed: changed!');
});

test('a damaged index is rebuilt', async t => {
  const directory = await temporaryDirectory(t);
  await mkdir(join(directory, '.videopartes'));
  await writeFile(join(directory, '.videopartes', 'index.json'), '{"version":1,"fil');
  await writeFile(join(directory, 'film'), 'bytes');
  await using running = await follow(directory);
  await eventually('indexed', () => idIn(running, 'film'));
  t.deepEqual(running.described, ['film']);
});

test('a name that cannot be shared is told once', async t => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'two\nlines'), '');
  await writeFile(join(directory, 'film'), '');
  await using running = await follow(directory);
  await eventually('indexed', () => idIn(running, 'film'));
  await rm(join(directory, 'film'));
  await eventually('withdrawn', () => running.folder.files.size === 0);
  t.is(running.events.filter(event => event === 'file.ignored').length, 1);
});

test('a file that cannot be looked at for a while stays what it was, and that is told once', async t => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'film'), 'bytes');
  await using running = await follow(directory);
  const { folder, unseen, described, events } = running;
  const id = await eventually('indexed', () => idIn(running, 'film'));
  const looked = async (witness: string) => {
    await writeFile(join(directory, witness), witness);
    await eventually(`${witness} is indexed`, () => idIn(running, witness));
  };
  unseen.add('film');
  await looked('one');
  await looked('two');
  t.is(await contentOf(folder, id), 'film: bytes');
  t.is(events.filter(event => event === 'file.unreadable').length, 1);
  unseen.delete('film');
  await looked('three');
  t.is(await contentOf(folder, id), 'film: bytes');
  t.deepEqual(described, ['film', 'one', 'two', 'three'], 'it is not read again');
});

test('a file that can neither be looked at nor opened is withdrawn until it can', async t => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'film'), 'bytes');
  await using running = await follow(directory);
  const { folder, unseen, events } = running;
  const id = await eventually('indexed', () => idIn(running, 'film'));
  unseen.add('film');
  await rename(join(directory, 'film'), join(directory, '.away'));
  await eventually('told', () => events.includes('file.unreadable'));
  t.is(idIn(running, 'film'), id);
  t.is(await contentOf(folder, id), undefined);
  t.is(idIn(running, 'film'), undefined);
  await rename(join(directory, '.away'), join(directory, 'film'));
  unseen.delete('film');
  await eventually('indexed again', () => idIn(running, 'film') === id);
});

test('two names of one content are both announced, and either serves it', async t => {
  const directory = await temporaryDirectory(t);
  const bytes = randomBytes(1000, 1);
  for (const name of ['one', 'other']) await writeFile(join(directory, name), bytes);
  await using running = await follow(directory);
  await eventually('indexed', () => running.folder.files.size === 2);
  const { id } = manifestOf(bytes);
  t.is(idIn(running, 'one'), id);
  await rm(join(directory, 'one'));
  t.true((await contentOf(running.folder, id))?.startsWith('other: '));
});

test('a copy that was just verified is taken in without being read, and nobody reads it while it arrives', async t => {
  const directory = await temporaryDirectory(t);
  await using running = await follow(directory);
  const { folder } = running;
  const manifest = manifestOf(Buffer.from('copied'), 'copy');
  const reservation = folder.reserve('copy');
  await writeFile(join(directory, 'copy'), 'copied');
  await writeFile(join(directory, 'witness'), 'a later file');
  await eventually('the witness is indexed', () => idIn(running, 'witness'));
  await folder.adopt('copy', manifest);
  reservation[Symbol.dispose]();
  t.is(await contentOf(folder, manifest.id), 'copy: copied');
  await rm(join(directory, 'witness'));
  await eventually('the folder was looked at again', () => folder.files.size === 1);
  t.is(idIn(running, 'copy'), manifest.id);
  t.deepEqual(running.described, ['witness']);
});
