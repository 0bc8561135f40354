import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/eventually.ts';
import { killAt } from '../helpers/kill-at.ts';
import { ProcessCluster } from '../helpers/process-cluster.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const BYTES = 300_000;
const PATIENCE_MS = 40_000;

/** Every file below the folder of a node that has bytes of a video: in it, in the trash, or about to be freed. */
async function filesOf(cluster: ProcessCluster, number: number): Promise<readonly string[]> {
  const entries = await readdir(cluster.folderOf(number), { recursive: true, withFileTypes: true });
  return entries.filter(entry => entry.isFile() && entry.name.endsWith('.mp4')).map(entry => join(entry.parentPath, entry.name));
}

const whenFiles = (what: string, cluster: ProcessCluster, number: number, isRight: (paths: readonly string[]) => boolean) =>
  eventually(what, async () => isRight(await filesOf(cluster, number).catch(() => ['in between'])), PATIENCE_MS);

async function client(t: ExecutionContext, cluster: ProcessCluster, ...words: readonly string[]): Promise<{ readonly status: unknown; readonly text: string }> {
  const program = await cluster.client(t, words);
  const status = await program.ended;
  return { status, text: [...program.lines, ...program.errors].join('\n') };
}

test.serial('a removed video is freed everywhere, on a node that was away too; the same file, put there again, is a video again', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 2, centralFlags: ['--papelera', '0'] });
  await cluster.addFile('faro.mp4', BYTES, 2);
  const bytes = await readFile(join(cluster.folderOf(1), 'faro.mp4'));
  await cluster.killSecondary(2);

  t.is((await client(t, cluster, 'eliminar', 'faro.mp4')).status, 0);
  const again = await client(t, cluster, 'descargar', 'faro.mp4');
  t.is(again.status, 1);
  t.regex(again.text, /No hay ningún vídeo «faro\.mp4»/);
  await whenFiles('secondary 1 has freed it', cluster, 1, paths => paths.length === 0);
  t.is((await filesOf(cluster, 2)).length, 1, 'secondary 2 does not know yet');

  await cluster.startSecondary(2);
  await whenFiles('secondary 2 has freed it', cluster, 2, paths => paths.length === 0);
  t.deepEqual(await cluster.ask('/videos'), { items: [] });

  await writeFile(join(cluster.folderOf(1), 'faro.mp4'), bytes);
  await cluster.whenHeldBy('faro.mp4', 2);
  t.deepEqual(await readFile(join(cluster.folderOf(2), 'faro.mp4')), bytes);
});

test.serial('the client removes, shows the trash, restores under another name, renames, and lists in order', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 1 });
  await cluster.addFile('faro.mp4', BYTES, 1);
  await cluster.addFile('mar azul.mp4', BYTES + 1, 1);

  const [byDate, bySize] = [await client(t, cluster, 'listar', '--orden', 'fecha'), await client(t, cluster, 'listar', '--orden', 'tamaño', '--json')];
  t.true(byDate.text.indexOf('mar azul.mp4') < byDate.text.indexOf('faro.mp4'));
  t.deepEqual(bySize.text.split('\n').map(line => (JSON.parse(line) as { name: string }).name), ['mar azul.mp4', 'faro.mp4']);

  t.regex((await client(t, cluster, 'eliminar', 'faro.mp4', '--si')).text, /«faro\.mp4» está en la papelera/);
  t.regex((await client(t, cluster, 'papelera')).text, /1.+faro\.mp4.+292,9 KiB/);
  t.regex((await client(t, cluster, 'eliminar', 'faro.mp4')).text, /No hay ningún vídeo «faro\.mp4»/);
  const taken = await client(t, cluster, 'restaurar', 'faro.mp4', '--como', 'mar azul.mp4');
  t.is(taken.status, 1);
  t.regex(taken.text, /El nombre «mar azul\.mp4» ya es de otro vídeo/);
  t.is((await client(t, cluster, 'restaurar', '1', '--como', 'torre.mp4')).status, 0);
  await cluster.whenHeldBy('torre.mp4', 1);
  t.regex((await client(t, cluster, 'restaurar', 'nada.mp4')).text, /En la papelera no hay nada de «nada\.mp4»/);
  t.is((await client(t, cluster, 'papelera')).text, 'La papelera está vacía.');

  t.is((await client(t, cluster, 'renombrar', 'mar azul.mp4', 'mar verde.mp4')).status, 0);
  await whenFiles('the files have their new names', cluster, 1, paths => paths.map(path => path.slice(-13)).sort().join() === 'mar verde.mp4,os1/torre.mp4');
  t.is((await client(t, cluster, 'renombrar', 'mar verde.mp4')).status, 2);
  t.is((await client(t, cluster, 'listar', '--como', 'x')).status, 2);

  const console_ = await cluster.client(t, [], { input: 'RENOMBRAR "mar verde.mp4" mar.mp4\nELIMINAR torre.mp4\nRESTAURAR torre.mp4 --como faro.mp4\nPAPELERA\nRENOMBRAR uno\n' });
  t.is(await console_.ended, 0);
  const said = [...console_.lines, ...console_.errors].join('\n');
  for (const expected of [/se llama ahora «mar\.mp4»/, /«torre\.mp4» está en la papelera/, /«faro\.mp4» ha vuelto/, /La papelera está vacía/, /Hacen falta dos nombres/]) t.regex(said, expected);
});

interface Phase {
  readonly step: string;
  /** What a person does; the node is killed while it obeys. */
  readonly act: (cluster: ProcessCluster, name: string) => Promise<unknown>;
  /** Paths, below the node's folder, where the bytes have to be in the end. */
  readonly end: (name: string) => RegExp | undefined;
  readonly isRemovedBefore?: true;
}

const remove = (cluster: ProcessCluster, name: string) => cluster.request('DELETE', `/video?name=${name}`);
const restore = (cluster: ProcessCluster, name: string) => cluster.request('POST', '/video/restore', { name });
const rename = (cluster: ProcessCluster, name: string) => cluster.request('POST', '/video/rename', { name, to: `nuevo-${name}` });
const inTrash = (name: string) => new RegExp(`^\\.videopartes/trash/[^/]+/${name}$`);
const inFolder = (name: string) => new RegExp(`^${name}$`);
const renamed = (name: string) => new RegExp(`^nuevo-${name}$`);

const phases: readonly Phase[] = [
  { step: 'mkdir before /trash/', act: remove, end: inTrash },
  { step: 'mkdir after /trash/', act: remove, end: inTrash },
  { step: 'rename after /trash/', act: remove, end: inTrash },
  { step: 'link before /trash/', act: restore, end: inFolder, isRemovedBefore: true },
  { step: 'link after /trash/', act: restore, end: inFolder, isRemovedBefore: true },
  { step: 'unlink after /trash/', act: restore, end: inFolder, isRemovedBefore: true },
  { step: 'link after nuevo-', act: rename, end: renamed },
  { step: 'unlink after fase-', act: rename, end: renamed },
];
const lastPhases: readonly Phase[] = [
  { step: 'rename before /dropped/', act: remove, end: () => undefined },
  { step: 'rename after /dropped/', act: remove, end: () => undefined },
  { step: 'rm before /dropped/', act: remove, end: () => undefined },
];

for (const [what, list, days] of [['trash, restore and rename', phases, '7'], ['drop', lastPhases, '0']] as const) {
  test.serial(`a node that is killed at any phase of ${what} has the bytes in one place, and ends with what was ordered`, async t => {
    t.timeout(110_000);
    const cluster = await ProcessCluster.start(t, { secondaries: 1, centralFlags: ['--papelera', days] });
    const names = list.map((_, index) => `fase-${index}.mp4`);
    for (const [index, name] of names.entries()) await writeFile(join(cluster.folderOf(1), name), randomBytes(BYTES, index));
    for (const name of names) await cluster.whenHeldBy(name, 1);
    for (const [index, { isRemovedBefore }] of list.entries()) if (isRemovedBefore) await remove(cluster, names[index]!);
    const below = async (name: string) => (await filesOf(cluster, 1)).filter(path => path.endsWith(name)).map(path => path.slice(cluster.folderOf(1).length + 1));
    for (const [index, { isRemovedBefore }] of list.entries()) {
      if (isRemovedBefore) await eventually(`${names[index]} is in the trash`, async () => inTrash(names[index]!).test((await below(names[index]!))[0]!), PATIENCE_MS);
    }
    for (const [index, { step, act, end }] of list.entries()) {
      const name = names[index]!;
      await cluster.killSecondary(1);
      await cluster.startSecondary(1, killAt(step));
      await act(cluster, name);
      t.is(await cluster.secondary(1).ended, 'SIGKILL', step);
      const found = await below(name);
      for (const path of found) t.deepEqual(await readFile(join(cluster.folderOf(1), path)), randomBytes(BYTES, index), `${step}: ${path}`);
      await cluster.startSecondary(1);
      const wanted = end(name);
      await eventually(
        `after ${step} the bytes are where they have to be`,
        async () => {
          const paths = await below(name).catch(() => ['in between']);
          return wanted ? paths.length === 1 && wanted.test(paths[0]!) : paths.length === 0;
        },
        PATIENCE_MS,
      );
      if (wanted !== undefined && wanted.source.includes('trash') === false) await cluster.whenHeldBy(wanted.source.slice(1, -1), 1);
    }
    t.pass();
  });
}
