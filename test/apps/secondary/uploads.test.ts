import { readdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { systemClock as clock } from '../../../lib/base/clock.ts';
import { VideoError } from '../../../lib/base/errors.ts';
import { silentLog as log } from '../../../lib/base/log.ts';
import { CloseStack } from '../../../lib/base/close.ts';
import { Folder } from '../../../lib/apps/shared-folder/folder.ts';
import { Uploads } from '../../../lib/apps/secondary/uploads.ts';
import type { NewUpload } from '../../../lib/domain/incoming-uploads.ts';
import { Inventory } from '../../../lib/domain/inventory.ts';
import { openReplicaFolder } from '../../../lib/io/files/replica-folder.ts';
import { uploadIdOf } from '../../../lib/protocol/uploads.ts';
import { eventually } from '../../helpers/eventually.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

interface Desk extends AsyncDisposable {
  readonly uploads: Uploads;
  readonly folder: Folder;
  readonly inventory: Inventory;
}

/** A secondary's folder and what takes uploads into it, as after a start. */
async function openDesk(
  directory: string,
  { freeBytes, replace = async () => undefined }: { readonly freeBytes?: number; readonly replace?: ConstructorParameters<typeof Uploads>[0]['replace'] } = {},
): Promise<Desk> {
  const opened = new CloseStack();
  const disk = opened.use(await openReplicaFolder(directory, { clock }));
  const inventory = new Inventory('run');
  const space = disk.files.space;
  const files = { ...disk.files, space: async () => ({ ...(await space()), ...(freeBytes !== undefined && { freeBytes }) }) };
  const folder = new Folder({ settleMs: 0, rescanMs: 50, retryMs: 50 }, { ...disk, files, inventory, clock, log, onChange: () => undefined });
  await folder.load();
  const uploads = new Uploads({ store: disk.uploads, folder, files, replace, clock, log });
  const stop = new AbortController();
  const running = Promise.all([folder.run(stop.signal), uploads.run(stop.signal)]);
  opened.defer(async () => {
    stop.abort();
    await running;
  });
  return { uploads, folder, inventory, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

function uploadOf(name: string, bytes: Buffer): NewUpload & { readonly fileId: string } {
  const fileId = manifestOf(bytes, name).id;
  return { uploadId: uploadIdOf({ name, fileId }), name, fileId, sizeBytes: bytes.length };
}

async function* inChunks(bytes: Buffer, chunkBytes = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

async function* brokenAfter(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw new Error('connection lost');
}

async function leftIn(directory: string): Promise<readonly string[]> {
  return readdir(join(directory, '.videopartes', 'incoming'));
}

const bytes = randomBytes(10_000, 1);

test('what arrives whole is verified, stands in the folder, and is announced', async t => {
  const directory = await temporaryDirectory(t);
  await using desk = await openDesk(directory);
  const upload = uploadOf('señal.mp4', bytes);
  await desk.uploads.begin(upload);
  t.is(await desk.uploads.append(upload.uploadId, inChunks(bytes), 0), bytes.length);
  const manifest = await desk.uploads.finish(upload.uploadId);
  t.is(manifest.id, upload.fileId);
  t.true(bytes.equals(await readFile(join(directory, 'señal.mp4'))));
  t.deepEqual(desk.inventory.slice(0, 10).added, [{ name: 'señal.mp4', id: manifest.id, sizeBytes: bytes.length }]);
  t.deepEqual(await leftIn(directory), []);
  t.is((await desk.uploads.find(upload.uploadId))?.offsetBytes, bytes.length, 'a sender that did not hear the end asks again');
});

test('what arrived before a connection broke stays, and is gone on with, also after a restart', async t => {
  const directory = await temporaryDirectory(t);
  const upload = uploadOf('film.mp4', bytes);
  {
    await using desk = await openDesk(directory);
    await desk.uploads.begin(upload);
    await t.throwsAsync(desk.uploads.append(upload.uploadId, brokenAfter(bytes.subarray(0, 4000)), 0), { message: 'connection lost' });
  }
  await using desk = await openDesk(directory);
  await desk.uploads.begin(upload);
  t.is((await desk.uploads.find(upload.uploadId))?.offsetBytes, 4000);
  t.deepEqual(desk.uploads.running.map(({ offsetBytes }) => offsetBytes), [4000]);
  await desk.uploads.append(upload.uploadId, inChunks(bytes.subarray(4000)), 4000);
  await desk.uploads.finish(upload.uploadId);
  t.true(bytes.equals(await readFile(join(directory, 'film.mp4'))));
});

test('what arrived whole before a crash is taken in by the next run', async t => {
  const directory = await temporaryDirectory(t);
  const upload = uploadOf('film.mp4', bytes);
  {
    await using desk = await openDesk(directory);
    await desk.uploads.begin(upload);
    await desk.uploads.append(upload.uploadId, inChunks(bytes), 0);
  }
  await using desk = await openDesk(directory);
  await eventually('the file is served', () => desk.folder.holds(upload.fileId));
  t.deepEqual(await leftIn(directory), []);
});

test('bytes that are not what was promised are thrown away', async t => {
  const directory = await temporaryDirectory(t);
  await using desk = await openDesk(directory);
  const upload = uploadOf('film.mp4', bytes);
  await desk.uploads.begin(upload);
  await desk.uploads.append(upload.uploadId, inChunks(randomBytes(10_000, 2)), 0);
  await t.throwsAsync(desk.uploads.finish(upload.uploadId), { code: 'upload_corrupt' });
  t.deepEqual(await leftIn(directory), []);
  t.is(desk.folder.files.size, 0);
  t.is(await desk.uploads.find(upload.uploadId), undefined);
});

test('a name that stands for other bytes is never replaced', async t => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'film.mp4'), 'somebody’s');
  await using desk = await openDesk(directory);
  await t.throwsAsync(desk.uploads.begin(uploadOf('film.mp4', bytes)), { code: 'name_taken' });
  const other = uploadOf('otra.mp4', bytes);
  await desk.uploads.begin(other);
  await desk.uploads.append(other.uploadId, inChunks(bytes), 0);
  await writeFile(join(directory, 'otra.mp4'), 'came meanwhile');
  await t.throwsAsync(desk.uploads.finish(other.uploadId), { code: 'name_taken' });
  t.is(await readFile(join(directory, 'otra.mp4'), 'utf8'), 'came meanwhile');
});

test('a file that replaces another one waits, whole and verified, until that one has left its name', async t => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'film.mp4'), 'of before');
  const asked: object[] = [];
  await using desk = await openDesk(directory, {
    replace: async file => {
      asked.push(file);
      // The central's order comes with a heartbeat.
      await rename(join(directory, 'film.mp4'), join(directory, '.trashed'));
    },
  });
  await eventually('the file is read', () => desk.folder.files.size === 1);
  const replaces = desk.folder.files.get('film.mp4')!.id;
  const upload = uploadOf('film.mp4', bytes);
  await t.throwsAsync(desk.uploads.begin({ ...upload, replaces: 'a'.repeat(64) }), { code: 'name_taken' }, 'it is not what was to be replaced');
  await desk.uploads.begin({ ...upload, replaces });
  await desk.uploads.append(upload.uploadId, inChunks(bytes), 0);
  t.is(await readFile(join(directory, 'film.mp4'), 'utf8'), 'of before', 'nothing was replaced by a file that is not verified');
  await desk.uploads.finish(upload.uploadId);
  t.deepEqual(asked, [{ id: upload.fileId, name: 'film.mp4', replaces }]);
  t.true(bytes.equals(await readFile(join(directory, 'film.mp4'))));
});

test('a file that replaces what this secondary never had waits for what it still has under the name', async t => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'film.mp4'), 'of long before');
  let isAsked = false;
  await using desk = await openDesk(directory, { replace: async () => void (isAsked = true) });
  await eventually('the file is read', () => desk.folder.files.size === 1);
  // As of a form, whose id nobody knows yet.
  const upload = { uploadId: 'b'.repeat(64), name: 'film.mp4', fileId: undefined, sizeBytes: bytes.length, replaces: 'a'.repeat(64) };
  await desk.uploads.begin(upload);
  await desk.uploads.append(upload.uploadId, inChunks(bytes), 0);
  const finishing = desk.uploads.finish(upload.uploadId);
  await eventually('the central is asked', () => isAsked);
  await rename(join(directory, 'film.mp4'), join(directory, '.trashed'));
  t.is((await finishing).id, manifestOf(bytes).id);
  t.true(bytes.equals(await readFile(join(directory, 'film.mp4'))));
});

test('what may not be replaced any more stays, and so does the file that was to come', async t => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'film.mp4'), 'of before');
  await using desk = await openDesk(directory, { replace: () => Promise.reject(new VideoError('name_taken', { name: 'film.mp4' })) });
  await eventually('the file is read', () => desk.folder.files.size === 1);
  const upload = { ...uploadOf('film.mp4', bytes), replaces: desk.folder.files.get('film.mp4')!.id };
  await desk.uploads.begin(upload);
  await desk.uploads.append(upload.uploadId, inChunks(bytes), 0);
  await t.throwsAsync(desk.uploads.finish(upload.uploadId), { code: 'name_taken' });
  t.is(await readFile(join(directory, 'film.mp4'), 'utf8'), 'of before');
  t.is((await leftIn(directory)).length, 2);
});

test('the same bytes again need not be sent, under the same name or another', async t => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'film.mp4'), bytes);
  await using desk = await openDesk(directory);
  await eventually('the file is read', () => desk.folder.files.size === 1);
  for (const name of ['film.mp4', 'copia.mp4']) {
    const upload = uploadOf(name, bytes);
    await desk.uploads.begin(upload);
    t.is((await desk.uploads.find(upload.uploadId))?.offsetBytes, bytes.length, name);
    t.true(bytes.equals(await readFile(join(directory, name))), name);
    t.is(desk.folder.files.get(name)?.id, upload.fileId);
  }
});

test('an upload without room is refused before a byte is sent, and so is one too many for what others were promised', async t => {
  const MIB = 1024 * 1024;
  await using desk = await openDesk(await temporaryDirectory(t), { freeBytes: 100 * MIB });
  const large = (name: string): NewUpload => ({ ...uploadOf(name, Buffer.from(name)), sizeBytes: 20 * MIB });
  await t.throwsAsync(desk.uploads.begin({ ...large('huge'), sizeBytes: 200 * MIB }), { code: 'no_room' });
  await desk.uploads.begin(large('first'));
  await t.throwsAsync(desk.uploads.begin(large('second')), { code: 'no_room' });
});

test('a sender that knows no hash finds what arrived by the name of its upload, also after a restart', async t => {
  const directory = await temporaryDirectory(t);
  const upload = { uploadId: 'ab'.repeat(32), name: 'film.mp4', fileId: undefined, sizeBytes: bytes.length };
  {
    await using desk = await openDesk(directory);
    await desk.uploads.begin(upload);
    await t.throwsAsync(desk.uploads.append(upload.uploadId, brokenAfter(bytes.subarray(0, 4000)), 0), { message: 'connection lost' });
  }
  await using desk = await openDesk(directory);
  t.is((await desk.uploads.find(upload.uploadId))?.offsetBytes, 4000);
  await desk.uploads.append(upload.uploadId, inChunks(bytes.subarray(4000)), 4000);
  t.is((await desk.uploads.finish(upload.uploadId)).id, manifestOf(bytes).id);
  t.true(bytes.equals(await readFile(join(directory, 'film.mp4'))));
});

test('what only its sender could go on with is removed when nobody came back for a day', async t => {
  const directory = await temporaryDirectory(t);
  const unknown = { uploadId: 'ab'.repeat(32), name: 'film.mp4', fileId: undefined, sizeBytes: bytes.length };
  const [fresh, known] = [{ ...unknown, uploadId: 'cd'.repeat(32), name: 'otro.mp4' }, uploadOf('tercero.mp4', bytes)];
  {
    await using desk = await openDesk(directory);
    for (const upload of [unknown, fresh, known]) {
      await desk.uploads.begin(upload);
      await t.throwsAsync(desk.uploads.append(upload.uploadId, brokenAfter(bytes.subarray(0, 4000)), 0));
    }
  }
  const longAgo = Date.now() / 1000 - 2 * 86_400;
  for (const { uploadId } of [unknown, known]) await utimes(join(directory, '.videopartes', 'incoming', `${uploadId}.upload`), longAgo, longAgo);
  await using desk = await openDesk(directory);
  await eventually('it is gone', async () => !(await leftIn(directory)).some(name => name.startsWith(unknown.uploadId)));
  t.is(await desk.uploads.find(unknown.uploadId), undefined);
  t.deepEqual((await leftIn(directory)).map(name => name.slice(0, 2)).sort(), [fresh, known].flatMap(({ uploadId }) => [uploadId.slice(0, 2), uploadId.slice(0, 2)]).sort());
});

async function filled(t: ExecutionContext, desk: Desk, uploadId: string): Promise<void> {
  await desk.uploads.begin({ uploadId, name: 'film.mp4', fileId: undefined, sizeBytes: undefined });
  t.is(await desk.uploads.append(uploadId, inChunks(bytes), 0), bytes.length);
}

test('a sender that learns the length at the end tells it then', async t => {
  await using desk = await openDesk(await temporaryDirectory(t));
  const uploadId = 'cd'.repeat(32);
  await filled(t, desk, uploadId);
  await desk.uploads.setSize(uploadId, bytes.length);
  t.is((await desk.uploads.finish(uploadId)).id, manifestOf(bytes).id);
});

test('an upload that is cancelled leaves nothing', async t => {
  const directory = await temporaryDirectory(t);
  await using desk = await openDesk(directory);
  const uploadId = 'ef'.repeat(32);
  await filled(t, desk, uploadId);
  await desk.uploads.cancel(uploadId);
  t.deepEqual(await leftIn(directory), []);
  await t.throwsAsync(desk.uploads.finish(uploadId), { code: 'upload_not_found' });
});
