import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { LANGUAGES, messagesIn } from '../../../lib/base/messages/index.ts';
import { eventSentence } from '../../../lib/base/messages/sentence.ts';
import { roleSecrets } from '../../../lib/domain/roles.ts';
import { limits } from '../../../lib/protocol/limits.ts';
import { CentralSite } from '../../helpers/central-site.ts';
import { eventually } from '../../helpers/eventually.ts';
import { metricsAt } from '../../helpers/metrics-text.ts';

interface Told {
  readonly id: string;
  readonly atMs: number;
  readonly level: string;
  readonly event: string;
  readonly sentence: string;
}

/** What a stream has told so far. */
class Listener {
  readonly response: IncomingMessage;
  text = '';

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8').on('data', (chunk: string) => (this.text += chunk));
    response.on('error', () => undefined);
  }

  get told(): readonly Told[] {
    const blocks = this.text.split('\n\n').slice(0, -1).filter(block => block.startsWith('id: '));
    return blocks.map(block => {
      const [id = '', data = ''] = block.split('\n');
      return { id: id.slice('id: '.length), ...(JSON.parse(data.slice('data: '.length)) as Omit<Told, 'id'>) };
    });
  }

  get sentences(): readonly string[] {
    return this.told.map(({ sentence }) => sentence);
  }
}

async function listen(t: ExecutionContext, url: string, headers: Readonly<Record<string, string>> = {}): Promise<Listener> {
  const request = get(url, { headers, agent: false });
  t.teardown(() => void request.destroy());
  request.on('error', () => undefined);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return new Listener(response);
}

const register = (site: CentralSite, name: string) => site.client().clients.register({ name });

test('who follows the events hears what was told before and what follows, in the language asked for', async t => {
  const site = await CentralSite.open(t);
  await register(site, 'ana');
  const following = await listen(t, `${site.central.url}/events?idioma=en`);
  await eventually('the last is told', () => following.sentences.includes('Client registered: ana.'));
  await register(site, 'beto');
  const told = await eventually('the next is told', () => following.told.find(({ sentence }) => sentence === 'Client registered: beto.'));
  t.like(told, { level: 'info', event: 'client.registered' });
  t.true(Math.abs(told.atMs - Date.now()) < 3_600_000);
  t.true(following.text.startsWith('retry: '));
  t.is(following.response.headers['content-type'], 'text/event-stream; charset=utf-8');
  for (const language of LANGUAGES) {
    const sentence = eventSentence(messagesIn(language), 'client.registered', { name: 'ana' });
    t.true((await (await fetch(`${site.central.url}/events?seguir=no&idioma=${language}`)).text()).includes(JSON.stringify(sentence)), language);
  }
});

test('who comes back hears what it missed and nothing twice', async t => {
  const site = await CentralSite.open(t);
  await register(site, 'ana');
  const url = `${site.central.url}/events`;
  const before = await listen(t, url);
  const { id } = await eventually('it is told', () => before.told.find(({ event }) => event === 'client.registered'));
  before.response.destroy();
  await register(site, 'beto');
  const after = await listen(t, url, { 'last-event-id': id });
  await eventually('it is told', () => after.sentences.some(sentence => sentence.includes('beto')));
  t.false(after.sentences.some(sentence => sentence.includes('ana')));
  const stranger = await listen(t, url, { 'last-event-id': 'of-another-run' });
  await eventually('all are told', () => stranger.sentences.some(sentence => sentence.includes('ana')) && stranger.sentences.some(sentence => sentence.includes('beto')));
});

test('with seguir=no the answer ends with the last event; another value, or an unknown language, is refused', async t => {
  const site = await CentralSite.open(t);
  await register(site, 'ana');
  const text = await (await fetch(`${site.central.url}/events?seguir=no`)).text();
  t.regex(text, /ana/);
  for (const query of ['seguir=nunca', 'idioma=fr', 'idioma=']) {
    const refused = await fetch(`${site.central.url}/events?${query}`);
    t.is(refused.status, 400, query);
    t.like(await refused.json(), { code: 'invalid_request' });
  }
  const head = await fetch(`${site.central.url}/events`, { method: 'HEAD' });
  t.is(head.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  t.is((await fetch(`${site.central.url}/events`, { method: 'POST' })).status, 405);
});

test('no more follow than may; the place of who leaves is free', async t => {
  const site = await CentralSite.open(t);
  const url = `${site.central.url}/events`;
  const listeners = [];
  for (let index = 0; index < limits.eventListeners; index += 1) listeners.push(await listen(t, url));
  const refused = await fetch(url);
  t.is(refused.status, 503);
  t.like(await refused.json(), { code: 'listeners_full', details: { listening: limits.eventListeners } });
  listeners[0]!.response.destroy();
  await eventually('there is room', async () => (await listen(t, url)).response.statusCode === 200);
});

test('a central that stops ends the streams', async t => {
  const site = await CentralSite.open(t);
  const following = await listen(t, `${site.central.url}/events`);
  const ended = once(following.response, 'end');
  await site.stop();
  await ended;
  t.true(following.response.complete, 'it was ended, and not cut');
});

test('where others can reach the central only an admin follows what it does, and its secret is not among that', async t => {
  const site = await CentralSite.open(t, { ip: '0.0.0.0' });
  const url = `http://127.0.0.1:${site.central.port}/events?seguir=no`;
  const secret = site.central.secret!;
  const { reader, uploader, node } = roleSecrets(secret);
  const ask = (bearer?: string) => fetch(url, { headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` } });
  t.is((await ask()).status, 401);
  for (const other of [reader, uploader, node]) t.is((await ask(other)).status, 403);
  const text = await (await ask(secret)).text();
  t.true(site.events.some(({ event }) => event === 'secret.created'), 'the console is told');
  t.regex(text, /central\.listening/);
  t.notRegex(text, new RegExp(`secret\\.created|${secret}`));
});

test('the requests of who follows are counted when they end', async t => {
  const site = await CentralSite.open(t);
  const following = await listen(t, `${site.central.url}/events`);
  following.response.destroy();
  await eventually('it is counted', async () => (await metricsAt(site.central.url)).get('videopartes_http_requests_total{operation="events",status="200"}') === 1);
  t.pass();
});
