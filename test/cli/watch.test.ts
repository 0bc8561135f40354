import { readdir, readFile } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { assertEvent } from '../helpers/statistics-schema.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { makeStubPlayer } from '../helpers/stub-player.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

const NAME = 'película.mp4';
const bytes = randomBytes(24 * MIB + 321, 31);

async function openCluster(t: ExecutionContext): Promise<TalkingCluster> {
  const cluster = await TalkingCluster.open(t);
  await cluster.putVideo(1, NAME, bytes);
  await cluster.startCentral();
  await cluster.startSecondary(1);
  await cluster.whenHeldBy(NAME, 1);
  return cluster;
}

async function read(url: string, start: number, end: number): Promise<Buffer> {
  const answer = await fetch(url, { headers: { range: `bytes=${start}-${end - 1}` } });
  return Buffer.from(await answer.arrayBuffer());
}

test('a video is played while it is downloaded: its end, another place and all of it, long before it is whole', async t => {
  const cluster = await openCluster(t);
  const client = cluster.client(['ver', NAME, '--limite', '4M', '--json', '--nombre', 'ana'], { input: null });
  const [, url] = await client.says(/"event":"playable".*"url":"([^"]+)"/);
  const whole = fetch(url!).then(async answer => Buffer.from(await answer.arrayBuffer()));
  const size = bytes.length;
  for (const [start, end] of [[size - 100_000, size], [12 * MIB, 13 * MIB]] as const) {
    t.true(bytes.subarray(start, end).equals(await read(url!, start, end)));
    t.false(client.lines.some(line => line.includes('"event":"done"')), 'it is still being downloaded');
  }
  t.true(bytes.equals(await whole));
  await client.says(/"event":"done"/);
  t.true(bytes.subarray(5, 500).equals(await read(url!, 5, 500)), 'it is served on');
  const { status, stdout } = await client.stop('SIGINT');
  t.is(status, 0);
  for (const line of stdout.trim().split('\n')) assertEvent(t, line);
  t.true(bytes.equals(await readFile(cluster.path(NAME))));
});

test('when the player ends so does the order, and the download can be gone on with', async t => {
  const cluster = await openCluster(t);
  const { env, started } = await makeStubPlayer({ name: 'mpv', directory: cluster.directory });
  const watched = cluster.client(['ver', NAME, '--limite', '1M', '--reproductor', 'mpv'], { input: null, env });
  await watched.says(/«película\.mp4» ya se puede ver mientras llega: http:\/\/127\.0\.0\.1:\d+\/files\//);
  process.kill((await started()).pid, 'SIGUSR1');
  t.is((await watched.ended()).status, 0);
  t.true((await readdir(cluster.directory)).includes(`${NAME}.partial`));
  t.is((await cluster.order('descargar', NAME)).status, 0);
  t.true(bytes.equals(await readFile(cluster.path(NAME))));
});

test('a player that ends with an error of its own is told', async t => {
  const cluster = await openCluster(t);
  // It wants numbers, not a URL.
  const { status, stderr } = await cluster.order('ver', NAME, '--limite', '1M', '--reproductor', 'sleep');
  t.is(status, 1);
  t.regex(stderr, /^videocliente: El reproductor «sleep» terminó con un error \(estado 1\)\. /m);
  t.true((await readdir(cluster.directory)).includes(`${NAME}.partial`));
});

test('a player that is not there is a clear error', async t => {
  const cluster = await openCluster(t);
  const { status, stderr } = await cluster.order('ver', NAME, '--limite', '1M', '--reproductor', 'no-such-player');
  t.is(status, 1);
  t.regex(stderr, /^videocliente: No se pudo arrancar el reproductor «no-such-player»\. /);
});

test('Ctrl-C before the video is whole puts it down', async t => {
  const cluster = await openCluster(t);
  const client = cluster.client(['ver', NAME, '--limite', '1M', '--json'], { input: null });
  const [, url] = await client.says(/"event":"playable".*"url":"([^"]+)"/);
  // Somebody waits for what has not come.
  const waiting = fetch(url!, { headers: { range: `bytes=${20 * MIB}-` } }).then(
    ({ ok }) => ok,
    () => false,
  );
  await client.says(/"event":"progress"/);
  t.is((await client.stop('SIGINT')).status, 130);
  t.false(await waiting, 'and no wrong byte was given');
});
