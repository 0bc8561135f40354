import { link, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { Folder } from '../../../lib/apps/shared-folder/folder.ts';
import { Uploads } from '../../../lib/apps/secondary/uploads.ts';
import { CloseStack } from '../../../lib/base/close.ts';
import { systemClock as clock } from '../../../lib/base/clock.ts';
import { silentLog as log } from '../../../lib/base/log.ts';
import { Inventory } from '../../../lib/domain/inventory.ts';
import { openReplicaFolder } from '../../../lib/io/files/replica-folder.ts';
import { uploadIdOf } from '../../../lib/protocol/uploads.ts';
import { eventually } from '../../helpers/eventually.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const bytes = randomBytes(10_000, 1);
const { id: fileId } = manifestOf(bytes);
const upload = { uploadId: uploadIdOf({ name: 'film.mp4', fileId }), name: 'film.mp4', fileId, sizeBytes: bytes.length };

/** A process that dies in the middle: what it called neither succeeds nor fails any more. */
class Crash {
  /** What was called, in order. */
  readonly calls: string[] = [];
  readonly #at: number;
  readonly #happened: () => void;
  readonly happened: Promise<void>;

  /** `at` is the call before which it dies; `Infinity` lives on. */
  constructor(at: number) {
    this.#at = at;
    let happened = () => {};
    this.happened = new Promise(resolve => (happened = resolve));
    this.#happened = happened;
  }

  over<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, key: string) => {
        const method = (target as Record<string, unknown>)[key];
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          if (this.calls.length >= this.#at) {
            this.#happened();
            return new Promise(() => undefined);
          }
          this.calls.push(key);
          return (method as (...args: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  }
}

/** One run of a secondary that receives the file; it ends with the upload, or with the crash. Tells whether it said that it has it. */
async function receive(directory: string, crash: Crash): Promise<boolean> {
  await using opened = new CloseStack();
  const disk = opened.use(await openReplicaFolder(directory, { clock }));
  const folder = new Folder({ settleMs: 0, rescanMs: 20, retryMs: 20 }, { ...disk, manifests: crash.over(disk.manifests), inventory: new Inventory('run'), clock, log, onChange: () => undefined });
  await Promise.race([folder.load(), crash.happened]);
  const uploads = new Uploads({ store: crash.over(disk.uploads), folder, files: disk.files, replace: async () => undefined, clock, log });
  const stop = new AbortController();
  const running = folder.run(stop.signal);
  opened.defer(async () => {
    stop.abort();
    await Promise.race([running, crash.happened]);
  });
  return await Promise.race([send(uploads).then(() => true), crash.happened.then(() => false)]);
}

async function send(uploads: Uploads): Promise<void> {
  await uploads.begin(upload);
  const arrived = (await uploads.find(upload.uploadId))!.offsetBytes;
  if (arrived < bytes.length) await uploads.append(upload.uploadId, (async function* () { yield bytes.subarray(arrived); })(), arrived);
  await uploads.finish(upload.uploadId).catch((error: { code?: string }) => {
    // Taken in already when it was begun.
    if (error.code !== 'upload_not_found') throw error;
  });
}

async function visibleIn(directory: string): Promise<readonly string[]> {
  return (await readdir(directory)).filter(name => !name.startsWith('.'));
}

test('a crash before any step of an upload shows no half file, and the same upload ends afterwards', async t => {
  const whole = new Crash(Infinity);
  t.true(await receive(await temporaryDirectory(t), whole));
  t.true(whole.calls.includes('publish') && whole.calls.includes('describe') && whole.calls.includes('put'));
  for (let step = 0; step < whole.calls.length; step += 1) {
    const directory = await temporaryDirectory(t);
    const title = `before ${step}: ${whole.calls[step]}`;
    t.false(await receive(directory, new Crash(step)), title);
    for (const name of await visibleIn(directory)) t.true(bytes.equals(await readFile(join(directory, name))), title);
    t.true(await receive(directory, new Crash(Infinity)), title);
    t.true(bytes.equals(await readFile(join(directory, 'film.mp4'))), title);
    t.deepEqual(await readdir(join(directory, '.videopartes', 'incoming')), [], title);
  }
});

test('a crash between the two names of a file that is taken in is mended', async t => {
  const directory = await temporaryDirectory(t);
  const publish = new Crash(Infinity);
  await receive(directory, publish);
  const before = await temporaryDirectory(t);
  await receive(before, new Crash(publish.calls.indexOf('publish')));
  await link(join(before, '.videopartes', 'incoming', `${upload.uploadId}.upload`), join(before, 'film.mp4'));
  t.true(await receive(before, new Crash(Infinity)));
  await eventually('nothing is left', async () => (await readdir(join(before, '.videopartes', 'incoming'))).length === 0);
  t.true(bytes.equals(await readFile(join(before, 'film.mp4'))));
});
