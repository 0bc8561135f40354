import test from 'ava';
import { freePorts } from '../../lib/io/http/free-ports.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

/** Nobody listens there. */
async function emptyPort(): Promise<number> {
  const [port] = await freePorts(1);
  return port!;
}

for (const order of [['listar'], ['buscar', 'x'], ['descargar', 'x'], ['estado']]) {
  test(`without a central, «${order.join(' ')}» ends in one line and status 1`, async t => {
    const cluster = await TalkingCluster.open(t, await emptyPort());
    const { status, stderr } = await cluster.order(...order);
    t.is(status, 1);
    t.regex(stderr, /^videocliente: No se encuentra el central en http:\S+\. [^\n]+\n$/);
  });
}

test('a console says that there is no central, lives on, and says when there is one', async t => {
  const cluster = await TalkingCluster.open(t, await emptyPort());
  const client = cluster.client();
  await client.says(/Sin contacto con el central http:\S+ \(no responde\)/);
  await client.says(/La consola sigue/);
  await client.ask('LISTA_VIDEOS', /No se encuentra el central/);
  await client.ask('VIDEO x.mp4', /No se encuentra el central/);
  await cluster.startCentral();
  await client.says(/Conectado con el central/);
  await client.ask('LISTA_VIDEOS', /No hay vídeos todavía/);
  client.endInput();
  const { status, stdout } = await client.ended();
  t.is(status, 0);
  t.is(stdout.match(/Conectado con el central/g)?.length, 1);
});

test('a console notices once that its central went away, and once that it is back', async t => {
  const cluster = await TalkingCluster.start(t, 0);
  const client = cluster.client();
  await client.ask('LISTA_VIDEOS', /No hay vídeos todavía/);
  await cluster.central.stop();
  await client.says(/Sin contacto con el central/);
  await cluster.startCentral();
  await client.says(/Conectado con el central/);
  client.endInput();
  const { status, stdout } = await client.ended();
  t.is(status, 0);
  t.is(stdout.match(/Sin contacto/g)?.length, 1);
});

test('a secondary that is there before its central joins it later', async t => {
  const cluster = await TalkingCluster.open(t, await emptyPort());
  const secondary = cluster.secondary(7);
  await secondary.says(/Sin contacto con el central/);
  const central = await cluster.startCentral();
  await central.says(/Secundario 7 se ha unido/);
  await secondary.says(/Conectado con el central/);
  t.is((await secondary.stop()).status, 0);
});

test('a pipe of one command is answered, and the client ends well', async t => {
  const cluster = await TalkingCluster.start(t, 0);
  const { status, stdout, stderr } = await cluster.client([], { input: 'LISTA_VIDEOS\n' }).ended();
  t.is(status, 0);
  t.is(stderr, '');
  t.regex(stdout, /^No hay vídeos todavía\.$/m);
});
