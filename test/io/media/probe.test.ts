import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { makeSampleVideo } from '../../../lib/apps/demo/sample-video.ts';
import { createMediaProbe } from '../../../lib/io/media/probe.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const { signal } = new AbortController();

test('a film tells its type, its length and its size, whatever its name', async t => {
  const directory = await temporaryDirectory(t);
  const card = { width: 320, height: 180, framesPerSecond: 25, frames: 50 };
  const { durationMs } = await makeSampleVideo(join(directory, 'film.bin'), { sizeBytes: 1, card, signal });
  await using media = createMediaProbe(name => join(directory, name));
  t.deepEqual(await media.probe('film.bin', { signal }), { contentType: 'video/mp4', durationMs, width: 320, height: 180 });
});

test('what is no film is what its name says', async t => {
  const directory = await temporaryDirectory(t);
  await using media = createMediaProbe(name => join(directory, name));
  await writeFile(join(directory, 'ruido.mkv'), randomBytes(10_000, 1));
  await writeFile(join(directory, 'vacío'), '');
  t.deepEqual(await media.probe('ruido.mkv', { signal }), { contentType: 'video/x-matroska' });
  t.deepEqual(await media.probe('vacío', { signal }), { contentType: 'application/octet-stream' });
  t.deepEqual(await media.probe('ninguno.mp4', { signal }), { contentType: 'video/mp4' });
});

test('who stops does not wait, and the next one is looked into all the same', async t => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'ruido.mkv'), randomBytes(10_000, 1));
  await using media = createMediaProbe(name => join(directory, name));
  const stop = new AbortController();
  const stopped = media.probe('ruido.mkv', { signal: stop.signal });
  const next = media.probe('ruido.mkv', { signal });
  stop.abort(new Error('stopped'));
  await t.throwsAsync(stopped, { message: 'stopped' });
  t.deepEqual(await next, { contentType: 'video/x-matroska' });
});
