import { link, mkdir, readdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { isVideoError } from '../../../lib/base/errors.ts';
import type { IndexedFile } from '../../../lib/domain/local-folder.ts';
import { fileStampAt } from '../../../lib/io/files/folder-scan.ts';
import { openReplicaMoves } from '../../../lib/io/files/replica-moves.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const id = 'a'.repeat(64);
const NAME = `año ${'n'.repeat(240)}.mp4`;

async function openSite(t: ExecutionContext) {
  const directory = await temporaryDirectory(t);
  const own = join(directory, '.videopartes');
  await mkdir(own);
  const folders = { directory, trash: join(own, 'trash'), dropped: join(own, 'dropped') };
  const moves = await openReplicaMoves(folders);
  t.teardown(() => moves[Symbol.asyncDispose]());
  const put = async (name = NAME, text = 'faro'): Promise<IndexedFile> => {
    await writeFile(join(directory, name), text);
    return { name, id, stamp: (await fileStampAt(join(directory, name)))! };
  };
  const shown = async () => (await readdir(directory)).filter(name => !name.startsWith('.'));
  const kept = () => readdir(folders.trash);
  return { directory, folders, moves, put, shown, kept };
}

test('a file goes to the trash and comes back untouched, under any name, however long its own is', async t => {
  const { directory, moves, put, shown, kept } = await openSite(t);
  const file = await put();
  t.false(moves.holds(id));
  t.true(await moves.trash(file));
  t.deepEqual(await shown(), []);
  t.true(moves.holds(id));
  t.deepEqual(await moves.restore(id, 'otro.mp4'), { isUntouched: true });
  t.deepEqual(await fileStampAt(join(directory, 'otro.mp4')), file.stamp);
  t.deepEqual([await kept(), moves.holds(id)], [[], false]);
  t.is(await moves.restore(id, 'otro.mp4'), undefined);
});

test('a file that is no longer the one that was known stays where it is', async t => {
  const { directory, moves, put, shown, kept } = await openSite(t);
  const file = await put();
  await utimes(join(directory, NAME), 1, 1);
  t.deepEqual([await moves.trash(file), await moves.rename(file, 'x.mp4'), await moves.drop(file)], [false, false, false]);
  t.false(await moves.trash({ ...file, name: 'nothing.mp4' }));
  t.deepEqual([await shown(), await kept()], [[NAME], []]);
});

test('nothing is replaced: a taken name is an error, and the file stays', async t => {
  const { directory, moves, put } = await openSite(t);
  const file = await put();
  await writeFile(join(directory, 'mar.mp4'), 'mar');
  t.true(isVideoError(await t.throwsAsync(moves.rename(file, 'mar.mp4')), 'output_exists'));
  await moves.trash(file);
  t.true(isVideoError(await t.throwsAsync(moves.restore(id, 'mar.mp4')), 'output_exists'));
  t.is(await readFile(join(directory, 'mar.mp4'), 'utf8'), 'mar');
  t.true(moves.holds(id));
});

test('what somebody changed in the trash is given back as touched', async t => {
  const { folders, moves, put, kept } = await openSite(t);
  await moves.trash(await put());
  await writeFile(join(folders.trash, (await kept())[0]!, NAME), 'FARO');
  t.deepEqual(await moves.restore(id, NAME), { isUntouched: false });
});

test('dropping and emptying free all that there is of a content', async t => {
  const { directory, folders, moves, put, shown } = await openSite(t);
  const file = await put();
  await link(join(directory, NAME), join(directory, 'dos.mp4'));
  const second = { ...file, name: 'dos.mp4' };
  for (const one of [file, second]) t.true(await moves.trash(one));
  t.true(await moves.drop(await put('tres.mp4')));
  t.is(await moves.empty(id), 1, 'both are in the folder of one stamp');
  t.is(await moves.empty(id), 0);
  await moves[Symbol.asyncDispose]();
  t.deepEqual([await shown(), await readdir(folders.trash), await readdir(folders.dropped)], [[], [], []]);
});

test('the next run knows the trash, removes what a crash left empty, and ends what was being freed', async t => {
  const { folders, moves, put, kept } = await openSite(t);
  await moves.trash(await put());
  const [first] = await kept();
  await mkdir(join(folders.trash, first!.replace('aa', 'bb')));
  await mkdir(join(folders.dropped, 'x'));
  await rename(join(folders.trash, first!, NAME), join(folders.dropped, 'x', 'y'));
  await put('otra.mp4').then(file => moves.trash(file));
  const next = await openReplicaMoves(folders);
  t.true(next.holds(id));
  await next[Symbol.asyncDispose]();
  t.deepEqual([(await kept()).length, await readdir(folders.dropped)], [1, []]);
  t.true((await stat(folders.dropped)).isDirectory());
});
