import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { startCentral, type RunningCentral } from '../../lib/apps/central/central.ts';
import { centralSettings, type CentralChoices } from '../../lib/apps/central/settings.ts';
import { startSecondary, type RunningSecondary } from '../../lib/apps/secondary/secondary.ts';
import { secondarySettings, type SecondaryChoices } from '../../lib/apps/secondary/settings.ts';
import { systemClock as clock } from '../../lib/base/clock.ts';
import type { EventName } from '../../lib/base/events.ts';
import { createLog, silentLog } from '../../lib/base/log.ts';
import { messagesIn } from '../../lib/base/messages/index.ts';
import { systemRandom as random } from '../../lib/base/random.ts';
import { createControlClient } from '../../lib/io/http/control-client.ts';
import type { ControlClient } from '../../lib/protocol/control.ts';
import { filePath } from '../../lib/protocol/data.ts';
import { answerOf } from '../helpers/collected-output.ts';
import { eventually } from '../helpers/eventually.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const HEARTBEAT_MS = 100;

/** A place for one central and its secondaries, which may be started and stopped at will. */
class Site {
  readonly path: string;
  readonly #t: ExecutionContext;
  #centralPort = 0;

  constructor(t: ExecutionContext, path: string, centralPort: number) {
    this.#t = t;
    this.path = path;
    this.#centralPort = centralPort;
  }

  folderOf(number: number): string {
    return join(this.path, `videos${number}`);
  }

  async startCentral(choices: CentralChoices = {}): Promise<RunningCentral> {
    const settings = centralSettings({
      port: this.#centralPort,
      dataDirectory: this.path,
      statisticsDirectory: this.path,
      heartbeatEveryMs: HEARTBEAT_MS,
      tickMs: HEARTBEAT_MS,
      repairDelayMs: 0,
      ...choices,
    });
    await mkdir(this.path, { recursive: true });
    const central = await startCentral(settings, { log: silentLog, clock });
    this.#t.teardown(() => central[Symbol.asyncDispose]());
    return central;
  }

  async startSecondary(number: number, choices: Partial<SecondaryChoices> = {}): Promise<RunningSecondary & { readonly events: EventName[] }> {
    const events: EventName[] = [];
    const settings = secondarySettings({
      number,
      port: 0,
      centralUrls: [`http://127.0.0.1:${this.#centralPort}`],
      directory: this.folderOf(number),
      statisticsDirectory: this.path,
      settleMs: 20,
      rescanMs: 100,
      ...choices,
    });
    const log = createLog((_level, event) => void events.push(event));
    const secondary = await startSecondary(settings, { log, clock, random, signal: new AbortController().signal });
    this.#t.teardown(() => secondary[Symbol.asyncDispose]());
    return { ...secondary, events };
  }

  client(): ControlClient {
    const control = createControlClient([`http://127.0.0.1:${this.#centralPort}`], { log: silentLog });
    this.#t.teardown(() => control[Symbol.asyncDispose]());
    return control.client;
  }
}

async function openSite(t: ExecutionContext): Promise<Site> {
  return new Site(t, await temporaryDirectory(t), await freePort());
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function nodesOf(client: ControlClient, name: string): Promise<readonly number[]> {
  const { items } = await client.videos.list({});
  return items.find(video => video.name === name)?.nodes ?? [];
}

/** What a console command answers, as `a|b` lines. */
function ask(secondary: RunningSecondary, name: string): Promise<readonly string[]> {
  return answerOf(secondary.commands({ language: 'es', messages: messagesIn('es') }).find(command => command.name === name)!);
}

test('a dropped file is announced and copied to the others; changed and removed, it is noticed', async t => {
  const site = await openSite(t);
  await site.startCentral();
  const secondaries = await Promise.all([1, 2, 3].map(number => site.startSecondary(number)));
  const client = site.client();
  const bytes = randomBytes(3_000_000, 1);
  await writeFile(join(site.folderOf(2), 'señal 📺.mp4'), bytes);
  await eventually('three nodes hold it', async () => (await nodesOf(client, 'señal 📺.mp4')).length === 3, 20_000);
  for (const number of [1, 2, 3]) t.true(bytes.equals(await readFile(join(site.folderOf(number), 'señal 📺.mp4'))));
  t.is((await client.videos.find({ name: 'señal 📺.mp4' })).id, manifestOf(bytes).id);
  t.deepEqual((await ask(secondaries[0]!, 'LISTA_VIDEOS')).length, 2);
  t.deepEqual(await ask(secondaries[0]!, 'COPIAS'), [messagesIn('es').secondary.noCopies]);
  for (const command of ['VIDEOS_DESCARGANDO', 'VIDEOS_DESCARGADOS']) t.deepEqual(await ask(secondaries[1]!, command), ['video|descargas'], 'copies are no downloads');

  await rm(join(site.folderOf(2), 'señal 📺.mp4'));
  await eventually('the removal is noticed', () => secondaries[1]!.events.includes('file.removed'));
  await appendFile(join(site.folderOf(1), 'señal 📺.mp4'), '!');
  await eventually('the change is noticed', () => secondaries[0]!.events.includes('file.changed'));
  await eventually('the changed file is a conflict', async () => (await client.nodes.list({})).conflicts.length === 1);
});

test('a secondary starts before its central, and finds it again after a restart', async t => {
  const site = await openSite(t);
  const secondary = await site.startSecondary(7);
  await writeFile(join(site.folderOf(7), 'film'), 'bytes');
  await eventually('the file is indexed', () => secondary.events.includes('file.indexed'));
  await eventually('the central is missed', () => secondary.events.includes('central.lost'));
  t.regex((await ask(secondary, 'ESTADO')).join('\n'), /se busca en/);
  const served = await fetch(secondary.url + filePath(manifestOf(Buffer.from('bytes')).id));
  t.is(await served.text(), 'bytes', 'it serves without a central');

  const central = await site.startCentral();
  const client = site.client();
  await eventually('announced', async () => (await nodesOf(client, 'film')).includes(7));
  await central[Symbol.asyncDispose]();
  await writeFile(join(site.folderOf(7), 'series'), 'more bytes');
  await eventually('lost again', () => secondary.events.filter(event => event === 'central.lost').length === 2);
  await site.startCentral();
  await eventually('announced to the new one', async () => (await nodesOf(client, 'series')).includes(7));
  t.deepEqual(await nodesOf(client, 'film'), [7]);
  t.is(secondary.events.filter(event => event === 'central.reached').length, 2);
});

test('a secondary that comes back reads nothing again, and tells what happened meanwhile', async t => {
  const site = await openSite(t);
  await site.startCentral();
  const client = site.client();
  await mkdir(site.folderOf(1));
  await writeFile(join(site.folderOf(1), 'kept'), 'kept');
  await writeFile(join(site.folderOf(1), 'removed'), 'removed');
  const first = await site.startSecondary(1);
  await eventually('announced', async () => (await nodesOf(client, 'removed')).length === 1 && (await nodesOf(client, 'kept')).length === 1);
  await first[Symbol.asyncDispose]();
  await rm(join(site.folderOf(1), 'removed'));
  const second = await site.startSecondary(1);
  await eventually('the removal is told', async () => (await nodesOf(client, 'removed')).length === 0);
  t.deepEqual(await nodesOf(client, 'kept'), [1]);
  t.false(second.events.includes('file.indexed'));
});

test('two secondaries with one number: the second says so and goes on trying', async t => {
  const site = await openSite(t);
  await site.startCentral();
  const first = await site.startSecondary(1);
  await eventually('the first joined', () => first.events.includes('central.reached'));
  const second = await site.startSecondary(1, { directory: site.folderOf(2) });
  await eventually('told', () => second.events.includes('number.taken'));
  await first[Symbol.asyncDispose]();
  t.deepEqual(second.events.filter(event => event === 'number.taken'), ['number.taken']);
});

test('counts outlive a restart', async t => {
  const site = await openSite(t);
  await mkdir(site.folderOf(1));
  await writeFile(join(site.folderOf(1), 'film'), 'bytes');
  for (const downloads of [1, 2]) {
    const secondary = await site.startSecondary(1);
    const url = secondary.url + filePath(manifestOf(Buffer.from('bytes')).id);
    await eventually('served', async () => (await (await fetch(url)).text()) === 'bytes');
    t.deepEqual(await ask(secondary, 'CLIENTES'), ['cliente|descargas', `127.0.0.1|${downloads}`]);
    await secondary[Symbol.asyncDispose]();
    const saved = JSON.parse(await readFile(join(site.path, 'secundario1.json'), 'utf8'));
    t.like(saved, { version: 1, program: 'videosecundario', number: 1, videos: { film: downloads }, clientes: { '127.0.0.1': downloads } });
    t.is(saved.totals.requests, downloads);
  }
});

test('a secondary says who it is', async t => {
  const site = await openSite(t);
  const secondary = await site.startSecondary(3);
  const health = await (await fetch(`${secondary.url}/health`)).json();
  t.like(health, { status: 'ok', number: 3 });
});

test('what keeps it from starting is a clear error, and nothing stays open', async t => {
  const site = await openSite(t);
  const { port } = await site.startSecondary(1);
  await t.throwsAsync(site.startSecondary(2, { port }), { code: 'port_in_use' });
  await t.throwsAsync(site.startSecondary(2, { directory: site.folderOf(1) }), { code: 'path_in_use' });
  await t.throwsAsync(site.startSecondary(2, { ip: '0.0.0.0' }), { code: 'secret_required' });
  await writeFile(join(site.path, 'file'), '');
  await t.throwsAsync(site.startSecondary(2, { directory: join(site.path, 'file') }), { code: 'not_a_directory' });
  await site.startSecondary(2);
  t.throws(() => secondarySettings({ number: 15_536, centralUrls: [] }), { code: 'invalid_flag' });
  t.is(secondarySettings({ number: 15_535, centralUrls: [] }).port, 65_535);
  t.is(secondarySettings({ number: 1e9, port: 0, centralUrls: [] }).directory, './videos1000000000');
});

test('replicas go to another zone, within the rate that the central allows, and a node that was retired hears of it', async t => {
  const site = await openSite(t);
  await site.startCentral({ replicas: 2, repairBytesPerSecond: 10_000_000 });
  const [, near] = await Promise.all(['ático', 'ático', 'sótano'].map((zone, index) => site.startSecondary(index + 1, { zone })));
  const client = site.client();
  await eventually('all are up', async () => (await client.nodes.list()).nodes.filter(({ state }) => state === 'up').length === 3);
  t.deepEqual((await client.nodes.list()).nodes.map(({ zone }) => zone), ['ático', 'ático', 'sótano']);
  await writeFile(join(site.folderOf(1), 'film.mp4'), randomBytes(1_000_000, 3));
  await eventually('two nodes hold it', async () => (await nodesOf(client, 'film.mp4')).length === 2, 20_000);
  t.deepEqual(await nodesOf(client, 'film.mp4'), [1, 3]);
  t.like(await client.videos.explain({ name: 'film.mp4' }), { verdict: 'whole', replicas: 2 });
  await client.nodes.retire({ number: 2 });
  await eventually('it is told', () => near!.events.includes('number.retired'));
});
