import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { statisticsFileName } from '../../lib/apps/client/statistics.ts';
import { MIB } from '../../lib/base/units.ts';
import type { CentralStatistics, ClientStatistics, SecondaryStatistics } from '../../lib/domain/statistics.ts';
import { limits } from '../../lib/protocol/limits.ts';
import { eventually } from '../helpers/eventually.ts';
import { statisticsPathIn, type ProgramEnd, type TalkingProgram } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { assertStatistics, type StatisticsKind } from '../helpers/statistics-schema.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

const NAME = 'consola.mp4';
const bytes = randomBytes(4 * MIB, 6);

test.serial('the earlier programs’ commands answer with their headings, and the end of a pipe saves what was counted', async t => {
  const { cluster, secondary } = await clusterWithVideo(t);
  const client = cluster.client(['--nombre', 'Bea']);
  await client.ask('INSCRIBIR Ana María', /^Inscrito como Ana María\.$/);
  await client.ask('lista_videos', /^consola\.mp4 +4 MiB +1$/);
  await client.ask(`video ${NAME}`, /^«consola\.mp4»: descarga completa y verificada\.$/);
  await ended(t, client, () => client.endInput());
  t.true(bytes.equals(await readFile(cluster.path(NAME))));

  await secondary.ask('videos_descargando', /^video\|descargas$/);
  await eventually('the download counts as served', async () => {
    const after = secondary.lines.length;
    await secondary.ask('VIDEOS_DESCARGADOS', /^video\|descargas$/);
    await secondary.ask('ESTADO', /^Peticiones en curso/);
    return secondary.lines.slice(after).includes(`${NAME}|1`);
  });
  const { central } = cluster;
  await central.ask('Numero_Descargas_Video', /^video\|descargas$/);
  await central.says(/^consola\.mp4\|1$/);
  await central.ask('VIDEOS_CLIENTE', /^cliente\|descargas$/);
  await central.says(/^Ana María\|1$/);

  await ended(t, secondary, () => secondary.endInput());
  await ended(t, central, () => central.endInput());
  const { clientes, videos, downloads } = await saved<ClientStatistics>(t, cluster, 'client', statisticsFileName('Ana María').replace('.json', ''));
  t.deepEqual({ clientes, videos }, { clientes: { 'Ana María': 1 }, videos: { [NAME]: 1 } });
  t.is(downloads.length, 1);
  t.like(await saved<CentralStatistics>(t, cluster, 'central', 'central'), { clientes: { 'Ana María': 1 }, videos: { [NAME]: 1 } });
  t.like(await saved<SecondaryStatistics>(t, cluster, 'secondary', 'secundario1'), { videos: { [NAME]: 1 } });
});

const commandsOf = {
  central: ['NUMERO_DESCARGAS_VIDEO', 'VIDEOS_CLIENTE', 'LISTA_VIDEOS', 'NODOS', 'REPLICAS', 'POR_QUE', 'DRENAR', 'RETIRAR', 'REACTIVAR', 'TURNOS', 'PEERS', 'SECRETO', 'ROTAR', 'AYUDA', 'SALIR'],
  secondary: ['VIDEOS_DESCARGANDO', 'VIDEOS_DESCARGADOS', 'CLIENTES', 'LISTA_VIDEOS', 'COPIAS', 'REVISAR', 'ESTADO', 'AYUDA', 'SALIR'],
  client: ['INSCRIBIR', 'LISTA_VIDEOS', 'BUSCAR', 'ESTADO', 'VIDEO', 'DESCARGAS', 'ELIMINAR', 'RESTAURAR', 'RENOMBRAR', 'PAPELERA', 'AYUDA', 'SALIR'],
};

test.serial('every console has help by any of its names, and says what it does not know', async t => {
  const cluster = await TalkingCluster.start(t, 0);
  const consoles = { central: cluster.central, secondary: await cluster.startSecondary(1), client: cluster.client() };
  for (const [kind, program] of Object.entries(consoles) as [keyof typeof consoles, TalkingProgram][]) {
    for (const help of ['h', 'Help', 'AYUDA', 'ayuda']) {
      const after = program.lines.length;
      await program.ask(help, /^ {2}SALIR .*$/);
      const shown = program.lines.slice(after).flatMap(line => /^ {2}([A-Z_]+) /.exec(line)?.[1] ?? []);
      t.deepEqual(shown, commandsOf[kind], `${kind}: ${help}`);
    }
    await program.ask('listavideos', /^No conozco «listavideos»; ¿quería decir LISTA_VIDEOS\? Con «ayuda» se ven las órdenes\.$/);
    await program.ask('qwertyuiop', /^No conozco «qwertyuiop»\. Con «ayuda» se ven las órdenes\.$/);
    // Empty lines are nothing, and control codes do not reach the terminal.
    program.type('   ');
    await program.ask('\x1b[31mrojo', /^No conozco «\S+rojo»/);
  }
  await consoles.client.ask('INSCRIBIR', /^Falta algo: INSCRIBIR nombre$/);
  await consoles.client.ask('VIDEO', /^Falta algo: VIDEO nombre$/);
  for (const program of [consoles.client, consoles.secondary, consoles.central]) {
    const { stdout } = await ended(t, program, () => program.type('salir'));
    t.false(stdout.includes('\x1b'));
  }
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test.serial(`${signal} ends servers and consoles without work well, with their statistics saved`, async t => {
    const { cluster, secondary } = await clusterWithVideo(t);
    const client = cluster.client(['--nombre', 'ana']);
    await client.ask('LISTA_VIDEOS', /consola\.mp4/);
    for (const program of [client, secondary, cluster.central]) await ended(t, program, () => program.signal(signal));
    await saved(t, cluster, 'client', 'cliente-ana');
    await saved(t, cluster, 'secondary', 'secundario1');
    await saved(t, cluster, 'central', 'central');
  });
}

test.serial('a download that a signal stops ends in 128 + its number, and is counted as cancelled', async t => {
  const { cluster } = await clusterWithVideo(t);
  for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
    const order = cluster.client(['descargar', NAME, '--limite', '500K', '--nombre', signal, '--json'], { input: null });
    await order.says(/"event":"progress"/);
    const end = await order.stop(signal);
    t.is(end.status, status);
    const statistics = await saved<ClientStatistics>(t, cluster, 'client', `cliente-${signal}`);
    t.like(statistics.totals, { downloads: 0, cancelled: 1 });
  }
  const console = cluster.client(['--limite', '500K', '--nombre', 'consola']);
  await console.ask(`VIDEO ${NAME}`, /^consola\.mp4: 0 %$/);
  await console.ask('DESCARGAS', /consola\.mp4 .*%/);
  t.is((await console.stop('SIGINT')).status, 130);
  t.like((await saved<ClientStatistics>(t, cluster, 'client', 'cliente-consola')).totals, { cancelled: 1 });
});

test.serial('with /dev/null as input servers live on, and a client’s console too, until a signal', async t => {
  const cluster = await TalkingCluster.start(t, 0);
  const secondary = cluster.secondary(1, [], { input: null });
  const client = cluster.client([], { input: null });
  await cluster.central.says(/Secundario 1 se ha unido/);
  await client.says(/./, { withinMs: 500 }).catch(() => undefined);
  t.false(secondary.isOver);
  t.false(client.isOver);
  await ended(t, client, () => client.signal('SIGINT'));
  await ended(t, secondary, () => secondary.signal('SIGTERM'));
});

test.serial('a second signal ends at once what the first lets finish', async t => {
  const { cluster, secondary } = await clusterWithVideo(t, randomBytes(200 * MIB, 1));
  const slowReader = await readSlowly(t, secondary, cluster);
  secondary.signal('SIGINT');
  await secondary.says(/Terminando/);
  t.false(secondary.isOver);
  const atMs = performance.now();
  secondary.signal('SIGINT');
  const { status } = await secondary.ended();
  t.true(performance.now() - atMs < limits.dataDrainMs / 2);
  t.is(status, 0);
  await saved(t, cluster, 'secondary', 'secundario1');
  slowReader.destroy();
});

/** A secondary that holds the video, and consoles open. */
async function clusterWithVideo(t: ExecutionContext, content: Uint8Array = bytes) {
  const cluster = await TalkingCluster.open(t);
  await cluster.putVideo(1, NAME, content);
  await cluster.startCentral();
  const secondary = await cluster.startSecondary(1);
  await cluster.whenHeldBy(NAME, 1);
  return { cluster, secondary };
}

/** Stops a program, which has to end well. */
async function ended(t: ExecutionContext, program: TalkingProgram, stop: () => void): Promise<ProgramEnd> {
  stop();
  const end = await program.ended();
  t.like(end, { status: 0, signal: undefined, stderr: '' });
  return end;
}

/** Statistics as a program saved them, which have to be what `stats/` says. */
async function saved<T>(t: ExecutionContext, cluster: TalkingCluster, kind: StatisticsKind, name: string): Promise<T> {
  const value = JSON.parse(await readFile(statisticsPathIn(cluster.directory, name), 'utf8')) as T;
  assertStatistics(t, kind, value);
  return value;
}

/** Asks the secondary for the video and reads no more of it than a socket takes by itself. */
async function readSlowly(t: ExecutionContext, secondary: TalkingProgram, cluster: TalkingCluster): Promise<Socket> {
  const [, port] = await secondary.says(/a la escucha en http:\/\/127\.0\.0\.1:(\d+)/);
  const video = (await (await fetch(`http://127.0.0.1:${cluster.centralPort}/video?name=${NAME}`)).json()) as { id: string };
  const socket = connect(Number(port), '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.on('error', () => undefined);
  socket.write(`GET /files/${video.id} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await once(socket, 'readable');
  return socket;
}
