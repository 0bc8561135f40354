import { appendFile, copyFile, link, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { get } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import pLimit from 'p-limit';
import { MIB } from '../../lib/base/units.ts';
import { partRange } from '../../lib/domain/manifest.ts';
import type { ClientStatistics } from '../../lib/domain/statistics.ts';
import { filePath } from '../../lib/protocol/data.ts';
import { eventually } from '../helpers/eventually.ts';
import { startFaultyNode } from '../helpers/faulty-node.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { startProgram } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { bytesAt, partsAt, sharerOf, SharingSite } from '../helpers/sharing-site.ts';

const NAME = 'faro.mp4';
const bytes = randomBytes(8 * MIB + 1234, 71);
const manifest = manifestOf(bytes, NAME);
const { id } = manifest;
/** AVA begins every test at once; a machine has few processors. */
const inTurn = pLimit(2);

function siteTest(title: string, secondaries: number, prove: (t: ExecutionContext, site: SharingSite) => Promise<void>): void {
  test(title, t => inTurn(async () => prove(t, await SharingSite.start(t, secondaries))));
}

/** The only one that has the file, and that stops in the middle of it. */
async function haltingNode(t: ExecutionContext, site: SharingSite) {
  const fault = { type: 'hang', afterBytes: 4.5 * MIB } as const;
  const node = await startFaultyNode(t, { number: 1, centralUrl: site.centralUrl, manifest, bytes, fault });
  await site.cluster.whenHeldBy(NAME, 1);
  return node;
}

siteTest('while a file comes others are given exactly the parts that are there, and when it is whole all of it', 0, async (t, site) => {
  const node = await haltingNode(t, site);
  const sharer = await site.console('d', ['--nombre', 'ana']);
  sharer.program.type(`VIDEO ${NAME}`);
  t.deepEqual(await site.whenOffered(NAME, sharer), [{ address: sharer.address, id, sizeBytes: bytes.length }]);
  await eventually('some parts came', async () => (await partsAt(sharer, id))!.size >= 2);
  const held = (await partsAt(sharer, id))!;
  t.false(held.isWhole);
  let takenBytes = 0;
  for (const part of manifest.partHashes.keys()) {
    const range = partRange(manifest, part);
    const { status, body } = await bytesAt(sharer, id, range);
    if (status === 206) {
      t.true(body.equals(bytes.subarray(range.start, range.end)), `part ${part}`);
      takenBytes += body.length;
    } else t.is(status, 503, `part ${part}`);
    if (held.has(part)) t.is(status, 206, `part ${part}`);
    // It may have come just now.
    else if (!(await partsAt(sharer, id))!.has(part)) t.is(status, 503, `part ${part}`);
  }
  t.is((await bytesAt(sharer, id)).status, 503);
  t.is((await fetch(`http://${sharer.address}/manifest?name=${NAME}`)).status, 200, 'what the file is, is known');

  node.setFault({ type: 'none' });
  await sharer.program.says(/«faro.mp4»: descarga completa y verificada/);
  await eventually('it is whole', async () => (await bytesAt(sharer, id)).body.equals(bytes));
  t.like(await (await fetch(`http://${sharer.address}/manifest?name=${NAME}`)).json(), { id, name: NAME });
  const after = await bytesAt(sharer, id);
  t.true(after.status === 200 && after.body.equals(bytes));
  t.is((await site.holdersOf(NAME)).length, 1);

  sharer.program.type('salir');
  t.is((await sharer.program.ended()).status, 0);
  await sharer.program.says(/Se compartieron \d+(,\d)? MiB con 1 par\./);
  t.deepEqual(await site.holdersOf(NAME), []);
  const { totals } = JSON.parse(await readFile(site.statisticsPath('ana'), 'utf8')) as ClientStatistics;
  t.is(totals.sharedBytes, takenBytes + 2 * bytes.length);
});

siteTest('who has the unfinished file open goes on reading when it gets its name', 0, async (t, site) => {
  const node = await haltingNode(t, site);
  const sharer = await site.console('d', ['--limite-subida', '1M']);
  sharer.program.type(`VIDEO ${NAME}`);
  await site.whenOffered(NAME, sharer);
  await eventually('some parts came', async () => (await partsAt(sharer, id))!.size >= 3);
  const held = (await partsAt(sharer, id))!;
  const part = [...manifest.partHashes.keys()].find(one => held.has(one))!;
  const range = partRange(manifest, part);
  const reading = bytesAt(sharer, id, range);
  node.setFault({ type: 'none' });
  await sharer.program.says(/«faro.mp4»: descarga completa y verificada/);
  t.true((await reading).body.equals(bytes.subarray(range.start, range.end)));
});

siteTest('Ctrl-C in the middle of a download leaves at once, and nothing is offered of what was put down', 0, async (t, site) => {
  await haltingNode(t, site);
  const program = site.order('d', NAME);
  const sharer = await sharerOf(program);
  await site.whenOffered(NAME, sharer);
  t.like(await program.stop('SIGINT'), { status: 130, stderr: '' });
  t.deepEqual(await site.holdersOf(NAME), []);
  await sharer.program.says(/Se compartieron 0 B con 0 pares\./);

  const again = await site.console('d');
  t.deepEqual(await site.holdersOf(NAME), []);
  t.is(await partsAt(again, id), undefined, 'an unfinished file of an earlier run is nothing that was fetched');
  again.program.type(`VIDEO ${NAME}`);
  await site.whenOffered(NAME, again);
  t.true((await partsAt(again, id))!.size >= 2, 'the parts that an earlier run left are given too');
});

siteTest('who takes bytes when the sharing ends gets them all', 1, async (t, site) => {
  await site.cluster.putVideo(1, NAME, bytes);
  await site.cluster.whenHeldBy(NAME, 1);
  const sharer = await site.console('d', ['--limite-subida', '6M']);
  sharer.program.type(`VIDEO ${NAME}`);
  await sharer.program.says(/«faro.mp4»: descarga completa y verificada/);
  await eventually('it is whole', async () => (await partsAt(sharer, id))?.isWhole);
  const taken: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    get(`http://${sharer.address}${filePath(id)}`, response => {
      response.once('data', () => sharer.program.type('salir'));
      response.on('data', (chunk: Buffer) => taken.push(chunk));
      response.on('end', resolve);
      response.on('error', reject);
    }).on('error', reject);
  });
  t.true(Buffer.concat(taken).equals(bytes));
  t.is((await sharer.program.ended()).status, 0);
});

siteTest('a later run serves what earlier ones fetched while it is what it was, and nothing else of the folder', 1, async (t, site) => {
  const names = ['a.mp4', 'b.mp4', 'c.mp4', 'd.mp4', 'e.mp4', 'otro.mp4'];
  const contents = new Map(names.map((name, index) => [name, randomBytes(MIB + index, 80 + index)]));
  const idOf = (name: string) => manifestOf(contents.get(name)!).id;
  for (const name of names) await site.cluster.putVideo(1, name, contents.get(name)!);
  for (const name of names) await site.cluster.whenHeldBy(name, 1);
  const order = site.order('d', ...names.filter(name => name !== 'otro.mp4'));
  t.like(await order.ended(), { status: 0, stderr: '' });
  t.deepEqual((await readdir(site.path('d'))).toSorted(), ['.videopartes', ...names.slice(0, 5)]);

  // A file of the catalogue that came some other way, and files that are nobody's business.
  await writeFile(site.path('d', 'otro.mp4'), contents.get('otro.mp4')!);
  await writeFile(site.path('d', 'privado.mp4'), 'private');
  await appendFile(site.path('d', 'a.mp4'), '!');
  await rm(site.path('d', 'b.mp4'));
  await rename(site.path('d', 'c.mp4'), site.path('c.mp4'));
  await symlink(site.path('c.mp4'), site.path('d', 'c.mp4'));
  const sharer = await site.console('d');
  const offeredAre = async (...offered: readonly string[]) => {
    for (const name of [...names, 'privado.mp4']) {
      const isOffered = offered.includes(name);
      await site.whenOffered(name, ...(isOffered ? [sharer] : []));
      t.is((await fetch(`http://${sharer.address}/manifest?name=${name}`)).status, isOffered ? 200 : 404, name);
      if (name === 'privado.mp4') continue;
      const { status, body } = await bytesAt(sharer, idOf(name));
      t.is(status, isOffered ? 200 : 404, name);
      if (isOffered) t.true(body.equals(contents.get(name)!), name);
    }
  };
  await offeredAre('d.mp4', 'e.mp4');

  // While it runs: the same bytes, but not the file that was fetched.
  await copyFile(site.path('d', 'd.mp4'), site.path('d', '.copia'));
  await rename(site.path('d', '.copia'), site.path('d', 'd.mp4'));
  await link(site.path('d', 'e.mp4'), site.path('e.mp4'));
  t.is((await bytesAt(sharer, idOf('d.mp4'))).status, 404, 'it is noticed as soon as somebody asks');
  await offeredAre('e.mp4');
  await sharer.program.says(/«d.mp4» ya no es lo que se descargó/);

  sharer.program.type('salir');
  await sharer.program.ended();
  const shared = site.path('d', '.videopartes', 'compartido');
  const [central] = await readdir(shared);
  const { files } = JSON.parse(await readFile(join(shared, central!, 'index.json'), 'utf8')) as { readonly files: readonly { readonly name: string }[] };
  t.deepEqual(files.map(({ name }) => name), ['e.mp4']);
});

siteTest('two who share into one folder remember what both fetched', 1, async (t, site) => {
  const names = ['a.mp4', 'b.mp4', 'c.mp4', 'd.mp4'];
  for (const [index, name] of names.entries()) await site.cluster.putVideo(1, name, randomBytes(MIB, 90 + index));
  for (const name of names) await site.cluster.whenHeldBy(name, 1);
  const orders = [site.order('d', 'a.mp4', 'b.mp4'), site.order('d', 'c.mp4', 'd.mp4', '--json')];
  const [, told] = await Promise.all(orders.map(order => order.ended()));
  t.is(told!.status, 0);
  t.notThrows(() => told!.stdout.trim().split('\n').map(line => JSON.parse(line) as unknown), 'what is told of sharing is not among the events');
  const sharer = await site.console('d');
  for (const name of names) await site.whenOffered(name, sharer);
});

siteTest('a download with another name, or into another folder, is shared while it runs only', 0, async (t, site) => {
  const node = await haltingNode(t, site);
  const program = site.order('d', NAME, '-o', 'd/copia.mp4');
  const sharer = await sharerOf(program);
  await site.whenOffered(NAME, sharer);
  node.setFault({ type: 'none' });
  t.like(await program.ended(), { status: 0, stderr: '' });
  const again = await site.console('d');
  t.deepEqual(await site.holdersOf(NAME), []);
  t.is(await partsAt(again, id), undefined);
});

siteTest('videopeer fetches from a client that shares, once the file is whole there', 0, async (t, site) => {
  const node = await haltingNode(t, site);
  const sharer = await site.console('d');
  sharer.program.type(`VIDEO ${NAME}`);
  await site.whenOffered(NAME, sharer);
  const peer = startProgram(t, 'videopeer', ['--puerto-central', String(site.cluster.centralPort), '-i', '127.0.0.1', '-p', '0', '--directorio', 'p'], { cwd: site.path() });
  await peer.ask('JOIN', /^Sou peer/);
  const search = async () => {
    peer.type('SEARCH');
    await peer.ask(NAME, new RegExp(`^peers com arquivo solicitado: ${sharer.address}$`));
  };
  const download = (answer: RegExp) => {
    peer.type('DOWNLOAD');
    return peer.ask('', answer);
  };
  await search();
  await download(/faro\.mp4/);
  t.deepEqual((await readdir(site.path('p'))).filter(name => name === NAME), [], 'nobody gives it the whole file yet');
  node.setFault({ type: 'none' });
  await sharer.program.says(/«faro.mp4»: descarga completa y verificada/);
  await eventually('it is whole', async () => (await fetch(`http://${sharer.address}/manifest?name=${NAME}`)).ok);
  await search();
  await download(/^Arquivo faro\.mp4 baixado com sucesso/);
  t.true((await readFile(site.path('p', NAME))).equals(bytes));
});
