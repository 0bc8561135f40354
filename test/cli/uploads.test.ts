import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { MIB, SECOND_MS } from '../../lib/base/units.ts';
import { arrivedBytes } from '../helpers/arrived-bytes.ts';
import { eventually } from '../helpers/eventually.ts';
import { ProcessCluster } from '../helpers/process-cluster.ts';
import { eventNamed } from '../helpers/processes.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { assertEvent } from '../helpers/statistics-schema.ts';

test.serial('what is stored is on two secondaries, and comes back identical when one of them dies', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 2 });
  const bytes = randomBytes(3 * MIB + 5, 1);
  await writeFile(join(cluster.directory, 'película ñ.mp4'), bytes);
  const client = await cluster.put(t, 'película ñ.mp4');
  t.is(await client.ended, 0, client.errors.join('\n'));
  t.is(client.lines.at(-1), '«película ñ.mp4»: guardado, 2 de 3 réplicas; las demás se hacen en cuanto se puede.');
  await cluster.killSecondary(1);
  await cluster.assertComesBack(t, 'película ñ.mp4', bytes);
});

test.serial('the same bytes again are not sent; other bytes under the name are refused', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 2 });
  await writeFile(join(cluster.directory, 'film.mp4'), randomBytes(1000, 1));
  await writeFile(join(cluster.directory, 'otro.mp4'), randomBytes(1000, 2));
  const first = await cluster.put(t, 'film.mp4', '--json');
  t.is(await first.ended, 0);
  for (const line of first.lines) assertEvent(t, line);
  const again = await cluster.put(t, 'film.mp4', '--json');
  const stored = again.lines.map(eventNamed('stored')).find(event => event);
  t.deepEqual([stored?.['isNew'], stored?.['sentBytes']], [false, 0]);
  const other = await cluster.put(t, 'otro.mp4', '--nombre-remoto', 'film.mp4');
  t.is(await other.ended, 1);
  t.regex(other.errors.join('\n'), /^videocliente: El nombre «film\.mp4» ya es de otro vídeo\. [^\n]+$/);
});

test.serial('an empty file is a file, and what is none says so', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 2 });
  await writeFile(join(cluster.directory, 'vacío.mp4'), '');
  const empty = await cluster.put(t, 'vacío.mp4');
  t.is(await empty.ended, 0, empty.errors.join('\n'));
  t.is(empty.lines.at(-1), '«vacío.mp4»: guardado, 2 de 3 réplicas; las demás se hacen en cuanto se puede.');
  await cluster.assertComesBack(t, 'vacío.mp4', Buffer.alloc(0));
  const absent = await cluster.put(t, 'ninguno.mp4');
  t.is(await absent.ended, 1);
  t.deepEqual(absent.errors, ['videocliente: No se puede leer ninguno.mp4. Revise que existe y sus permisos.']);
});

test.serial('a form may send the same bytes again; of other bytes under the name it is told, however large it is', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 2 });
  await cluster.whenUp(2);
  const bytes = randomBytes(5 * MIB, 1);
  const send = async (content: Buffer) => {
    const body = new FormData();
    body.append('file', new Blob([content]), 'film.mp4');
    const response = await fetch(`http://127.0.0.1:${cluster.centralPort}/upload`, { method: 'POST', body });
    return [response.status, ((await response.json()) as { code?: string }).code];
  };
  t.deepEqual(await send(bytes), [201, undefined]);
  t.deepEqual(await send(bytes), [201, undefined]);
  t.deepEqual(await send(randomBytes(20 * MIB, 2)), [409, 'name_taken']);
  await cluster.assertComesBack(t, 'film.mp4', bytes);
});

test.serial('with --reemplazar the video of before goes to the trash, from where it comes back under another name', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 2 });
  const [before, after] = [randomBytes(1000, 1), randomBytes(2000, 2)];
  await writeFile(join(cluster.directory, 'film.mp4'), before);
  t.is(await (await cluster.put(t, 'film.mp4')).ended, 0);
  await writeFile(join(cluster.directory, 'film.mp4'), after);
  const replacing = await cluster.put(t, 'film.mp4', '--reemplazar');
  t.is(await replacing.ended, 0, replacing.errors.join('\n'));
  await cluster.assertComesBack(t, 'film.mp4', after);
  const restoring = await cluster.client(t, ['restaurar', 'film.mp4', '--como', 'antes.mp4']);
  t.is(await restoring.ended, 0, restoring.errors.join('\n'));
  await cluster.whenHeldBy('antes.mp4', 2);
  await cluster.assertComesBack(t, 'antes.mp4', before);
  const misplaced = await cluster.client(t, ['listar', '--reemplazar']);
  t.is(await misplaced.ended, 2);
});

test.serial('a form with reemplazar does the same, and sending the same bytes so changes nothing', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 3, centralFlags: ['--replicas', '2'] });
  await cluster.whenUp(3);
  const [before, after] = [randomBytes(1000, 1), randomBytes(3 * MIB, 2)];
  const send = async (content: Buffer, query = '', fields: Readonly<Record<string, string>> = {}) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    body.append('file', new Blob([content]), 'film.mp4');
    const response = await fetch(`http://127.0.0.1:${cluster.centralPort}/upload${query}`, { method: 'POST', body });
    return [response.status, ((await response.json()) as { code?: string }).code];
  };
  const trashed = async () => (await cluster.ask<{ items: readonly { sizeBytes: number }[] }>('/trash')).items.map(({ sizeBytes }) => sizeBytes);
  t.deepEqual(await send(before), [201, undefined]);
  t.deepEqual(await send(after), [409, 'name_taken']);
  t.deepEqual(await trashed(), []);
  t.deepEqual(await send(after, '', { reemplazar: '1' }), [201, undefined]);
  t.deepEqual(await trashed(), [1000]);
  await cluster.assertComesBack(t, 'film.mp4', after);
  // Whichever secondary it is sent to, with or without a copy.
  for (let again = 0; again < 3; again += 1) t.deepEqual(await send(after, '?reemplazar=1'), [201, undefined]);
  t.deepEqual(await trashed(), [1000]);
  t.is((await cluster.request('POST', '/video/restore', { name: 'film.mp4', as: 'antes.mp4' })).status, 200);
  await cluster.whenHeldBy('antes.mp4', 2);
  await cluster.assertComesBack(t, 'antes.mp4', before);
});

test.serial('several files: those that can be stored are, the others are told, and the status is 1', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 2 });
  await writeFile(join(cluster.directory, 'uno.mp4'), 'uno');
  await writeFile(join(cluster.directory, 'dos.mp4'), 'dos');
  const client = await cluster.put(t, 'uno.mp4', 'ninguno.mp4', 'dos.mp4');
  t.is(await client.ended, 1);
  t.regex(client.errors.join('\n'), /^videocliente: 1 de 3 envíos no terminó: ninguno\.mp4\.$/m);
  for (const name of ['uno.mp4', 'dos.mp4']) await cluster.assertComesBack(t, name, Buffer.from(name.slice(0, 3)));
});

test.serial('Ctrl-C says what is kept, the same order goes on from there, and both keep to the limit', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 1 });
  await writeFile(join(cluster.directory, 'film.mp4'), randomBytes(4 * MIB, 1));
  const client = await cluster.client(t, ['subir', 'film.mp4', '--limite', '2MiB/s']);
  await eventually('a part of it arrived', async () => (await arrivedBytes(cluster, [1])) > 0);
  await client.stop('SIGINT');
  t.is(await client.ended, 130);
  t.deepEqual(client.errors, ['«film.mp4»: subida interrumpida. Lo que llegó se conserva; la misma orden continúa.']);
  const again = await cluster.put(t, 'film.mp4', '--limite', '2MiB/s', '--json');
  t.is(await again.ended, 0, again.errors.join('\n'));
  const [start, stored] = ['start', 'stored'].map(name => again.lines.map(eventNamed(name)).find(event => event)!);
  t.true((start!['resumedBytes'] as number) > 0);
  const sentBytes = stored!['sentBytes'] as number;
  t.true((stored!['elapsedMs'] as number) > ((sentBytes - MIB) / (2 * MIB)) * SECOND_MS);
});

test.serial('without a secondary an upload says so in one line', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 0 });
  await writeFile(join(cluster.directory, 'film.mp4'), 'film');
  const client = await cluster.put(t, 'film.mp4');
  t.is(await client.ended, 1);
  t.regex(client.errors.join('\n'), /^videocliente: No hay ningún secundario en marcha [^\n]+$/);
});
