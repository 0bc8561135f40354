import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { rot } from '../helpers/bit-rot.ts';
import { CentralSite } from '../helpers/central-site.ts';
import { eventually } from '../helpers/eventually.ts';
import { killAt } from '../helpers/kill-at.ts';
import { filmsFor, inLanes, killAtEach, type Film, type Phase } from '../helpers/phases.ts';
import { ProcessCluster } from '../helpers/process-cluster.ts';
import { portIn, run } from '../helpers/processes.ts';
import { putVideo } from '../helpers/put-video.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

const upload: readonly Phase[] = [
  { name: 'not begun', step: 'open before UPLOAD.upload$', leaves: [] },
  { name: 'begun, without facts', step: 'open after UPLOAD.upload$', leaves: ['incoming/UPLOAD.upload'] },
  { name: 'half of the facts', step: 'open after UPLOAD.upload.json.', leaves: ['incoming/UPLOAD.upload', 'incoming/UPLOAD.upload.json.N'] },
  { name: 'facts written', step: 'rename after UPLOAD.upload.json', leaves: ['incoming/UPLOAD.upload', 'incoming/UPLOAD.upload.json'] },
  { name: 'bytes arriving', step: 'write after UPLOAD.upload$', leaves: ['incoming/UPLOAD.upload', 'incoming/UPLOAD.upload.json'] },
  { name: 'all there, not read', step: 'read before UPLOAD.upload$', leaves: ['incoming/UPLOAD.upload', 'incoming/UPLOAD.upload.json'] },
  { name: 'read', step: 'lstat after UPLOAD.upload$', leaves: ['incoming/UPLOAD.upload', 'incoming/UPLOAD.upload.json'] },
  { name: 'synced', step: 'link before UPLOAD.upload$', leaves: ['incoming/UPLOAD.upload', 'incoming/UPLOAD.upload.json'] },
  { name: 'with two names', step: 'link after UPLOAD.upload$', leaves: ['incoming/UPLOAD.upload', 'incoming/UPLOAD.upload.json'] },
  { name: 'named, with its facts', step: 'unlink after UPLOAD.upload$', leaves: ['incoming/UPLOAD.upload.json'] },
  { name: 'named', step: 'rm after UPLOAD.upload.json', leaves: [] },
  { name: 'half of the manifest', step: 'open after manifests/ID.json', leaves: ['manifests/ID.json.N'] },
  { name: 'manifest stored', step: 'rename after manifests/ID.json', leaves: ['manifests/ID.json'] },
  { name: 'nobody knows', step: 'say before «NAME» recibido', leaves: ['manifests/ID.json'] },
  { name: 'its sender knows', step: 'answer after PATCH /uploads/UPLOAD', leaves: ['manifests/ID.json'] },
];

/** In two lanes, so that who asks again for a place meets no central that is to die of it. */
const uploadCentral: readonly Phase[] = [
  { name: 'asked', step: 'answer before POST /uploads$' },
  { name: 'place told', step: 'answer after POST /uploads$' },
  { name: 'manifest told', step: 'answer before PUT /manifests/ID' },
  { name: 'name in the catalogue', step: 'answer after PUT /manifests/ID' },
];

const begun = ['incoming/ID.partial', 'incoming/ID.partial.journal', 'incoming/ID.partial.lock'];
const copy: readonly Phase[] = [
  { name: 'locked', step: 'link after ID.partial.lock$', leaves: ['incoming/.UUID.lock', 'incoming/ID.partial.lock'] },
  { name: 'begun', step: 'open after ID.partial$', leaves: ['incoming/ID.partial', 'incoming/ID.partial.lock'] },
  { name: 'journal begun', step: 'appendFile after ID.partial.journal$', leaves: begun },
  { name: 'parts arriving', step: 'write after ID.partial$', leaves: begun },
  { name: 'all there, not synced', step: 'sync before ID.partial$', leaves: begun },
  { name: 'synced', step: 'sync after ID.partial$', leaves: begun },
  { name: 'with two names', step: 'link after ID.partial$', leaves: begun },
  { name: 'named, with its journal', step: 'unlink after ID.partial$', leaves: ['incoming/ID.partial.journal', 'incoming/ID.partial.lock'] },
  { name: 'named', step: 'rm after ID.partial.journal$', leaves: ['incoming/ID.partial.lock'] },
  { name: 'half of the manifest', step: 'open after manifests/ID.json', leaves: ['manifests/ID.json.N'] },
  { name: 'manifest stored', step: 'rename after manifests/ID.json', leaves: ['manifests/ID.json'] },
  { name: 'nobody knows', step: 'say before Copia de «NAME» completa', leaves: ['manifests/ID.json'] },
];
const longCopy: readonly Phase[] = [{ name: 'journal written', step: 'datasync after ID.partial.journal$', leaves: begun }];
const source: readonly Phase[] = [
  { name: 'asked', step: 'answer before GET /files/ID' },
  { name: 'sending', step: 'read after NAME$' },
  { name: 'sent', step: 'answer after GET /files/ID' },
];
const central: readonly Phase[] = [
  { name: 'manifest told', step: 'answer before PUT /manifests/ID' },
  { name: 'name in the catalogue', step: 'answer after PUT /manifests/ID' },
  { name: 'copy planned', step: 'say before copiar «NAME»' },
  { name: 'copy ordered', step: 'answer before GET /manifests/ID' },
  { name: 'copy begun', step: 'answer after GET /manifests/ID' },
];

const mending: readonly Phase[] = [
  { name: 'a bad part found', step: 'read after NAME$', leaves: ['manifests/ID.json'] },
  // The central may know of it by then, and the good parts be on their way.
  { name: 'in quarantine', step: 'say before «NAME» tiene 1 parte' },
  { name: 'good parts to be copied', step: 'open after ID.partial$', leaves: ['incoming/ID.partial', 'manifests/ID.json'] },
  { name: 'half of the good parts', step: 'write after ID.partial$', leaves: ['incoming/ID.partial', 'manifests/ID.json'] },
  { name: 'good parts copied', step: 'appendFile after ID.partial.journal$', leaves: [...begun, 'manifests/ID.json'] },
  { name: 'all there, not synced', step: 'sync before ID.partial$', leaves: [...begun, 'manifests/ID.json'] },
  { name: 'synced', step: 'rename before ID.partial$', leaves: [...begun, 'manifests/ID.json'] },
  { name: 'in its place, with its journal', step: 'rename after ID.partial$', leaves: [...begun.slice(1), 'manifests/ID.json'] },
  { name: 'in its place', step: 'rm after ID.partial.journal$', leaves: ['incoming/ID.partial.lock', 'manifests/ID.json'] },
  { name: 'half of the manifest', step: 'open after manifests/ID.json', leaves: ['manifests/ID.json', 'manifests/ID.json.N'] },
  { name: 'nobody knows', step: 'say before «NAME» está entera', leaves: ['manifests/ID.json'] },
];

const dropping: readonly Phase[] = [
  { name: 'to be taken out', step: 'rename before /dropped/' },
  { name: 'taken out', step: 'rename after /dropped/' },
  { name: 'to be freed', step: 'rm before /dropped/' },
  { name: 'freed', step: 'rm after /dropped/' },
];

async function comesBack(t: ExecutionContext, cluster: ProcessCluster, films: readonly Film[]): Promise<void> {
  const client = await cluster.client(t, ['descargar', ...films.map(({ name }) => name)]);
  t.is(await client.ended, 0, client.errors.join('\n'));
  for (const { name, bytes } of films) t.true(bytes.equals(await readFile(cluster.downloaded(name))), name);
}

async function killAtEachOfUploads(t: ExecutionContext, phases: readonly Phase[], killed: 'central' | 'secondary'): Promise<void> {
  const cluster = await ProcessCluster.start(t, { secondaries: 1 });
  const films = filmsFor(phases);
  await (killed === 'central' ? cluster.killCentral() : cluster.killSecondary(1));
  await killAtEach(t, phases, films, {
    folders: [cluster.folderOf(1)],
    start: environment => (killed === 'central' ? cluster.startCentral([], environment) : cluster.startSecondary(1, environment)),
    ended: () => (killed === 'central' ? cluster.central : cluster.secondary(1)).ended,
    async begin({ name, bytes }) {
      await writeFile(join(cluster.directory, name), bytes);
      const client = await cluster.client(t, ['subir', name]);
      return async () => {
        // It may have given up; what was sent stays for the same order later.
        if ((await client.ended) !== 0) t.is(await (await cluster.put(t, name)).ended, 0, client.errors.join('\n'));
      };
    },
  });
  await comesBack(t, cluster, films);
}

test('a secondary that is killed at any phase of an upload shows no half of it, and the client ends with it stored', async t => {
  t.timeout(300_000);
  await Promise.all(inLanes(upload, 3).map(phases => killAtEachOfUploads(t, phases, 'secondary')));
});

test('a client ends with its file stored although the central is killed at any phase of the upload', async t => {
  t.timeout(300_000);
  await Promise.all(inLanes(uploadCentral, 2).map(phases => killAtEachOfUploads(t, phases, 'central')));
});

/** The first of two secondaries gets the films, the other copies them. */
async function killAtEachOfCopies(
  t: ExecutionContext,
  phases: readonly Phase[],
  killed: 'central' | 1 | 2,
  { centralFlags = [], parts = 2 }: { readonly centralFlags?: readonly string[]; readonly parts?: number } = {},
): Promise<void> {
  const cluster = await ProcessCluster.start(t, { secondaries: 2, centralFlags });
  const films = filmsFor(phases, { parts });
  await (killed === 'central' ? cluster.killCentral() : cluster.killSecondary(killed));
  await killAtEach(t, phases, films, {
    folders: [cluster.folderOf(2), cluster.folderOf(1)],
    start: environment => (killed === 'central' ? cluster.startCentral(centralFlags, environment) : cluster.startSecondary(killed, environment)),
    ended: () => (killed === 'central' ? cluster.central : cluster.secondary(killed)).ended,
    async begin({ name, bytes }) {
      await putVideo(cluster.folderOf(1), name, bytes);
      return () => cluster.whenHeldBy(name, 2);
    },
  });
  await cluster.killSecondary(1);
  await comesBack(t, cluster, films);
}

test('a secondary that is killed at any phase of a copy shows no half of it, and ends it afterwards', async t => {
  t.timeout(300_000);
  await Promise.all(inLanes(copy, 2).map(phases => killAtEachOfCopies(t, phases, 2)));
});

test('a secondary that is killed when its journal says what arrived goes on with that', async t => {
  t.timeout(300_000);
  await killAtEachOfCopies(t, longCopy, 2, { centralFlags: ['--limite-reparacion', '1M'], parts: 8 });
});

test('a copy ends although its source is killed at any phase of sending it', async t => {
  t.timeout(300_000);
  await killAtEachOfCopies(t, source, 1);
});

test('a copy ends although the central is killed at any phase of ordering it', async t => {
  t.timeout(300_000);
  await killAtEachOfCopies(t, central, 'central');
});

test('a damaged replica is the old one or the mended one, at whatever phase its secondary is killed', async t => {
  t.timeout(300_000);
  await Promise.all(
    inLanes(mending, 2).map(async phases => {
      const cluster = await TalkingCluster.start(t, 1);
      const films = filmsFor(phases);
      let second = await cluster.startSecondary(2);
      for (const { name, bytes } of films) await cluster.putVideo(1, name, bytes);
      for (const { name } of films) await cluster.whenHeldBy(name, 2);
      await second.stop();
      const folder = cluster.folderOf(2);
      for (const { name } of films) await rot(join(folder, name), 1234);
      const damaged = new Map(await Promise.all(films.map(async ({ name }) => [name, await readFile(join(folder, name))] as const)));
      await killAtEach(t, phases, films, {
        folders: [folder],
        others: damaged,
        start: async environment => (second = await cluster.startSecondary(2, [], { env: environment ?? {} })),
        ended: async () => (await second.ended()).signal,
        async begin({ name }) {
          second.type(`REVISAR ${name}`);
          return async () => {
            // It has to be found again when that was not saved.
            second.type(`REVISAR ${name}`);
            await cluster.whenHeldBy(name, 2);
          };
        },
      });
    }),
  );
});

test('of a replica too many one is left, whole, at whatever phase the secondary that drops it is killed', async t => {
  t.timeout(300_000);
  const site = await CentralSite.open(t, { replicas: 1, surplusGraceMs: 0 });
  const films = filmsFor(dropping);
  const folders = [1, 2].map(number => join(site.directory, `videos${number}`));
  const flags = ['--puerto', '0', '--puerto-central', String(site.central.port), '--sin-consola'];
  const start = (number: number, env = {}) => run(t, 'videosecundario', ['-n', String(number), ...flags], { cwd: site.directory, env });
  for (const [index, { name, step }] of dropping.entries()) {
    const film = films[index]!;
    // Which of them is to drop it the central decides.
    const secondaries = [1, 2].map(number => start(number, killAt(step)));
    await Promise.all(secondaries.map(secondary => secondary.until(portIn)));
    for (const folder of folders) await putVideo(folder, film.name, film.bytes);
    const killed = await Promise.race(secondaries.map(async ({ ended }, place) => ended.then(how => ({ how, place }))));
    t.is(killed.how, 'SIGKILL', name);
    const other = secondaries[1 - killed.place]!;
    t.is(await wholeIn([folders[1 - killed.place]!], film), 1, name);
    const again = start(killed.place + 1);
    await eventually(`${name}: one is left`, async () => (await wholeIn(folders, film)) === 1 && (await droppedIn(folders)) === 0, 60_000);
    await Promise.all([again, other].map(secondary => secondary.stop('SIGKILL')));
  }
});

/** In how many of the folders the film is; half of it is in none. */
async function wholeIn(folders: readonly string[], { name, bytes }: Film): Promise<number> {
  const found = await Promise.all(folders.map(folder => readFile(join(folder, name)).catch(() => undefined)));
  if (found.some(read => read && !read.equals(bytes))) throw new Error(`half of ${name}`);
  return found.filter(read => read).length;
}

async function droppedIn(folders: readonly string[]): Promise<number> {
  const dropped = await Promise.all(folders.map(folder => readdir(join(folder, '.videopartes', 'dropped'))));
  return dropped.flat().length;
}
