import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { MIB } from '../../lib/base/units.ts';
import { limits } from '../../lib/protocol/limits.ts';
import { eventually } from '../helpers/eventually.ts';
import { PeerSite } from '../helpers/peer-site.ts';
import { roomOf } from '../helpers/process-room.ts';
import type { TalkingProgram } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { requestText } from '../helpers/raw-http.ts';

const NAME = 'faro.mp4';
const bytes = randomBytes(3 * MIB, 81);
const FUZZED_MS = 8000;
const CLEAR: ReadonlySet<number> = new Set([200, 206, 304, 400, 403, 404, 405, 408, 412, 413, 416, 417, 431, 503]);
/** What an engine keeps for what may come. */
const KEPT_MAX_MIB = 150;

/** Odd values of fields that mean something, and others. */
const anyText = fc.string({ unit: 'binary-ascii', maxLength: 60 }).map(text => text.replace(/[\r\n\0]/g, ' '));
const edge = fc.oneof(fc.constantFrom('', '0', '-0', '1', String(bytes.length), '99999999999999999999', '1e3', ' '), fc.nat().map(String));
const range = fc.oneof(
  fc.tuple(fc.constantFrom('bytes=', 'Bytes =', 'lines=', ''), edge, edge).map(([unit, start, end]) => `${unit}${start}-${end}`),
  fc.array(edge, { maxLength: 300 }).map(edges => `bytes=${edges.join('-,')}`),
  anyText,
);
const fields = (id: string) =>
  fc.record(
    {
      range,
      'if-range': fc.oneof(fc.constant(`"${id}"`), anyText),
      'if-match': fc.oneof(fc.constantFrom('*', `"${id}"`, `W/"${id}"`), anyText),
      'if-none-match': fc.oneof(fc.constantFrom('*', `"${id}"`), anyText),
      host: fc.oneof(fc.constantFrom('', 'evil.example', '127.0.0.1:1', '[::1]'), anyText),
      origin: fc.oneof(fc.constantFrom('null', 'http://evil.example'), anyText),
      authorization: anyText,
      expect: fc.constantFrom('100-continue', 'nothing'),
      'content-length': fc.constantFrom('0', '-1', '5', '99999999999999999999'),
      'transfer-encoding': fc.constantFrom('chunked', 'gzip', 'identity'),
      'x-long': fc.nat(2 * limits.headerMaxBytes).map(length => 'x'.repeat(length)),
    },
    { requiredKeys: [] },
  );
const targets = (id: string) =>
  fc.oneof(
    fc.oneof(fc.constantFrom(NAME, '', '..', `../${NAME}`, '__proto__', '\0'), fc.string({ unit: 'grapheme', maxLength: 400 })).map(name => `/manifest?${new URLSearchParams({ name }).toString()}`),
    fc.constantFrom(`/files/${id}`, `/files/${id}/x`, `/files/${id}.meta4`, `/files/${id}.torrent`, `/files/${id.toUpperCase()}`, `http://evil/files/${id}`, '/files/..%2f..', '/health', '*', '/manifest?name=%', '/manifest?name=%FF&name=x'),
    fc.webPath(),
    anyText.map(text => `/${text.replaceAll(' ', '')}`),
  );
const methods = fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'get', 'NONSENSE');

/** A real peer with a file, the file as who is honest fetches it, and what the peer took before anything was wrong. */
async function openPeer(t: ExecutionContext) {
  const site = await PeerSite.start(t);
  await site.put('p1', NAME, bytes);
  // Whoever hangs up is noticed a moment later: there is a place for the honest one meanwhile.
  const peer = await site.join('p1', { flags: ['--max-subidas', '100'] });
  const { id } = await peer.whenRead(NAME);
  const fetchFile = async () => {
    const answer = await fetch(`http://${peer.address}/files/${id}`, { headers: { connection: 'close' } });
    const body = Buffer.from(await answer.arrayBuffer());
    assert(bytes.equals(body), `${answer.status} ${body.subarray(0, 300).toString('latin1')}`);
  };
  await fetchFile();
  const before = await roomOf(peer.program.pid);
  return { site, peer, id, fetchFile, before };
}

/** Fetches the file again and again; `end` rejects if that ever failed. */
function honestClient(fetchFile: () => Promise<void>) {
  const over = new AbortController();
  const running = (async () => {
    let fetched = 0;
    for (; !over.signal.aborted; fetched += 1) await fetchFile();
    return fetched;
  })();
  running.catch(() => undefined);
  return {
    end() {
      over.abort();
      return running;
    },
  };
}

/** Sends it, ends, and gives what came back. */
function send(port: number, content: string | Uint8Array): Promise<string> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port });
    const received: Buffer[] = [];
    socket.on('data', chunk => received.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(received).toString('latin1')));
    socket.end(content);
  });
}

async function isAsBefore(t: ExecutionContext, { isOver, pid }: TalkingProgram, before: Awaited<ReturnType<typeof roomOf>>): Promise<void> {
  t.false(isOver);
  if (!before) return;
  await eventually('no connection is left', async () => (await roomOf(pid))!.handles <= before.handles + 2, 60_000);
  t.true((await roomOf(pid))!.rssMib <= before.rssMib + KEPT_MAX_MIB);
}

/** Requests of that text that end anywhere, one behind another, and what is none. */
async function sendHalves(port: number, whole: string): Promise<void> {
  const half = fc.nat(whole.length - 1).map(length => Buffer.from(whole.slice(0, length)));
  const several = fc.array(fc.oneof(half, fc.constant(Buffer.from(whole))), { maxLength: 100 }).map(parts => Buffer.concat(parts));
  const noise = fc.uint8Array({ minLength: 1, maxLength: 2 * limits.headerMaxBytes });
  await fc.assert(
    fc.asyncProperty(fc.oneof(half, several, noise), fc.boolean(), async (content, isPatient) => {
      if (isPatient) {
        await send(port, content);
        return;
      }
      const socket = connect({ host: '127.0.0.1', port });
      socket.on('error', () => undefined);
      socket.write(content, () => socket.destroy());
      await once(socket, 'close');
    }),
    { interruptAfterTimeLimit: FUZZED_MS, numRuns: 5000 },
  );
}

/** Thousands of connections that stay, and what is to work while they do and after. */
async function keepSilent(port: number, meanwhile: () => Promise<void>): Promise<void> {
  const silent: Socket[] = [];
  try {
    for (let round = 0; round < 4; round += 1) {
      const opened = Array.from({ length: limits.dataConnectionsPerNode }, () => connect({ host: '127.0.0.1', port }).on('error', () => undefined));
      silent.push(...opened);
      await Promise.all(opened.map(socket => once(socket, 'connect')));
      await meanwhile();
    }
  } finally {
    for (const socket of silent) socket.destroy();
  }
  await meanwhile();
}

test('whatever a peer is asked, the answer is clear, and who is honest is served meanwhile', async t => {
  const { peer, id, fetchFile, before } = await openPeer(t);
  const honest = honestClient(fetchFile);
  const request = fc.tuple(methods, targets(id), fields(id)).map(([method, target, headers]) => requestText(method, target, { headers }));
  await fc.assert(
    fc.asyncProperty(request, async text => {
      const answer = await send(peer.port, Buffer.from(text, 'latin1'));
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer.replace(/^HTTP\/1\.1 100 .*?\r\n\r\n/s, ''))?.[1]);
      assert(CLEAR.has(status), JSON.stringify(answer.slice(0, 300)));
    }),
    { interruptAfterTimeLimit: FUZZED_MS, numRuns: 5000 },
  );
  t.true((await honest.end()) > 0);
  await isAsBefore(t, peer.program, before);
  t.deepEqual(peer.program.lines.slice(1), [], 'people are told nothing of it');
});

test('half requests and what is no HTTP harm nobody', async t => {
  const { peer, id, fetchFile, before } = await openPeer(t);
  const honest = honestClient(fetchFile);
  await sendHalves(peer.port, requestText('GET', `/files/${id}`, { headers: { range: 'bytes=5-' } }));
  t.true((await honest.end()) > 0);
  await isAsBefore(t, peer.program, before);
  t.deepEqual(peer.program.lines.slice(1), [], 'people are told nothing of it');
});

test('thousands of connections that say nothing keep nobody out', async t => {
  const { peer, fetchFile, before } = await openPeer(t);
  await keepSilent(peer.port, fetchFile);
  await isAsBefore(t, peer.program, before);
});

test('neither half requests nor thousands of silent connections keep a central from answering', async t => {
  const { site, peer } = await openPeer(t);
  const { port } = new URL(site.centralUrl);
  const search = async () => {
    const answer = await fetch(`${site.centralUrl}/peers?name=${NAME}`, { headers: { connection: 'close' } });
    assert.deepEqual(((await answer.json()) as { peers: readonly { address: string }[] }).peers.map(({ address }) => address), [peer.address]);
  };
  const before = await roomOf(site.central.pid);
  const honest = honestClient(search);
  const body = JSON.stringify({ port: peer.port, identity: '00000000-0000-4000-8000-000000000000', files: [{ name: NAME }] });
  await sendHalves(Number(port), requestText('POST', '/peers', { body }));
  t.true((await honest.end()) > 0);
  await keepSilent(Number(port), search);
  await isAsBefore(t, site.central, before);
});
