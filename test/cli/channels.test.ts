import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/eventually.ts';
import { makeLiveFilm } from '../helpers/live-film.ts';
import { startProgram, type TalkingProgram } from '../helpers/programs.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly channel: number;
  readonly host: string;
  readonly viewers: number;
  readonly sinceMs: number;
}

/** A central, and films that may be broadcast to it. */
async function site(t: ExecutionContext, centralFlags: readonly string[] = []) {
  const cwd = await temporaryDirectory(t);
  for (const name of ['faro.mp4', 'mar.mp4']) await makeLiveFilm(join(cwd, name));
  const central = startProgram(t, 'videocentral', ['--puerto', '0', ...centralFlags], { cwd });
  const [, port] = await central.says(/ a la escucha en https?:\/\/[^:]+:(\d+)/);
  const list = async () => ((await (await fetch(`http://127.0.0.1:${port}/channels`)).json()) as { channels: Listed[] }).channels;
  /** Both films. */
  const listed = () => eventually('both are listed', async () => {
    const channels = await list();
    return channels.length === 2 ? channels : undefined;
  });
  const broadcast = (flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}): TalkingProgram =>
    startProgram(t, 'videocanal', ['emitir', 'faro.mp4', 'mar.mp4', '--sin-consola', ...(flags.includes('--puerto') ? [] : ['--puerto', '0']), ...flags], { cwd, env });
  return { central, port: port!, url: `http://127.0.0.1:${port}`, list, listed, broadcast, toCentral: ['--ip-central', '127.0.0.1', '--puerto-central', port!] };
}

test('channels that are broadcast are listed by the central, played from it, and gone when their broadcaster leaves', async t => {
  t.timeout(120_000);
  const { central, url, list, listed, broadcast, toCentral } = await site(t);
  t.deepEqual(await list(), []);
  const emitting = broadcast(toCentral);
  const [faro, mar] = await listed();
  t.like([faro, mar], [{ name: 'faro.mp4', channel: 0, host: '127.0.0.1' }, { name: 'mar.mp4', channel: 1, host: '127.0.0.1' }]);
  await central.says(/Canal 0 anunciado: «faro\.mp4»/);

  const playlist = await (await fetch(`${url}/channels/${faro!.id}/canal.m3u8`)).text();
  const [piece] = /bloque-\d+\.m4s/.exec(playlist) ?? [];
  const response = await fetch(`${url}/channels/${faro!.id}/${piece}`);
  t.is(response.status, 200, playlist);
  t.is(Buffer.from(await response.arrayBuffer()).toString('latin1', 4, 8), 'moof');
  await eventually('the central is a viewer', async () => (await list())[0]?.viewers === 1);

  await emitting.stop('SIGINT');
  t.deepEqual(await list(), [], 'it said that it goes');
  await central.says(/El canal 1 de .* ya no está en el aire/);
});

test('the channels of a broadcaster that was killed vanish, and are back with the same addresses when it is', async t => {
  t.timeout(120_000);
  const { list, listed, broadcast, toCentral } = await site(t);
  const first = broadcast(toCentral);
  const [, port, relayPort] = await first.says(/Se emite en [^:]+:(\d+), y para la retransmisión en el puerto (\d+)/);
  const [before] = await listed();
  await first.stop('SIGKILL');
  await eventually('nobody is listed', async () => (await list()).length === 0);
  broadcast(['--puerto', port!, '--puerto-relevo', relayPort!, ...toCentral]);
  const [after] = await listed();
  t.is(after!.id, before!.id);
  t.true(after!.sinceMs > before!.sinceMs);
});

test('nothing is announced by who was not told to, whatever the environment says', async t => {
  t.timeout(120_000);
  const { port, list, broadcast } = await site(t);
  const emitting = broadcast([], { VIDEOPARTES_CENTRAL: `127.0.0.1:${port}` });
  await emitting.says(/canal 0 está en el aire/);
  await emitting.says(/canal 1 está en el aire/);
  await emitting.stop('SIGINT');
  t.deepEqual(await list(), []);
});

test('where secrets are asked for, a broadcaster needs one for uploading, and is told so', async t => {
  t.timeout(120_000);
  const { central, list, listed, broadcast, toCentral } = await site(t, ['--ip', '0.0.0.0']);
  await central.says(/Secreto de administración/);
  await broadcast(toCentral).says(/no admite los canales que se le anuncian \(falta la autorización\)/);
  t.deepEqual(await list(), []);
  const [, secret] = await central.ask('SECRETO', /sub\S*.*?\b([0-9a-f]{48})\b/i);
  broadcast(toCentral, { VIDEOPARTES_SECRETO: secret! });
  await t.notThrowsAsync(listed());
});
