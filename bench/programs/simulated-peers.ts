import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { requestJson } from '../../lib/io/http/json-request.ts';
import { addressOf, nameOf, sharedNowMs, type PeersNews, type PeersOrder, type PeersPlan } from '../simulated-names.ts';

/** A thread of peers that join a central, renew their leases, leave and die as they are told; each has an address of its own in 127.0.0.0/8. */
const { centralUrl, filesPerPeer, renewEveryMs, atOnce } = workerData as PeersPlan;

interface LivingPeer {
  readonly index: number;
  readonly lease: string;
  renewAtMs: number;
}

const joining = new Agent({ keepAlive: true, maxSockets: atOnce });
/** No renewal waits for those who join. */
const renewing = new Agent({ keepAlive: true });
const identities = new Map<string, string>();
const living = new Map<number, LivingPeer>();
let next = 0;

const server = createServer(({ socket }, response) => {
  response.end(JSON.stringify({ status: 'ok', peer: identities.get(socket.localAddress!) }));
}).listen(0, '0.0.0.0');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
tell({ type: 'listening', port });

parentPort!.on('message', (order: PeersOrder) => void carryOut(order).then(() => tell({ type: 'done', living: living.size })));
void renewForEver();

async function carryOut({ join, leave, die }: PeersOrder): Promise<void> {
  const oldest = [...living.values()].slice(0, leave + die);
  // Nobody renews the lease of the dead.
  for (const { index } of oldest.slice(leave)) bury(index);
  await allOf(oldest.slice(0, leave), async ({ index, lease }) => {
    bury(index);
    await ask('DELETE', `/peers/${lease}`);
  });
  await allOf(Array.from({ length: join }, () => next++), joinOne);
}

async function joinOne(index: number): Promise<void> {
  const ip = addressOf(index);
  const identity = randomUUID();
  identities.set(ip, identity);
  const files = Array.from({ length: filesPerPeer }, (_, file) => {
    const name = nameOf(index, file);
    return { name, id: createHash('sha256').update(name).digest('hex'), sizeBytes: 3_000_000_000 + file };
  });
  const { peer, isReachable } = (await ask('POST', '/peers', { ip, port, identity, files })) as unknown as { readonly peer: string; readonly isReachable: boolean };
  if (!isReachable) throw new Error(`${ip} was not reached`);
  living.set(index, { index, lease: peer, renewAtMs: sharedNowMs() + renewEveryMs });
}

function bury(index: number): void {
  living.delete(index);
  tell({ type: 'gone', index, atMs: sharedNowMs() });
}

/** Spread as they joined. */
async function renewForEver(): Promise<void> {
  for (;;) {
    const nowMs = sharedNowMs();
    const due = [...living.values()].filter(({ renewAtMs }) => renewAtMs <= nowMs);
    for (const peer of due) peer.renewAtMs += renewEveryMs;
    await allOf(due, async ({ index, lease }) => {
      if (!living.has(index)) return;
      const { code } = await ask('POST', `/peers/${lease}`, {}, renewing);
      // It died in the middle of its last renewal.
      if (!living.has(index)) tell({ type: 'gone', index, atMs: sharedNowMs() });
      else if (code !== undefined) tell({ type: 'lost', index });
    });
    await sleep(50);
  }
}

async function ask(method: string, path: string, body?: object, agent = joining): Promise<{ readonly code?: string }> {
  const { status, body: answer } = await requestJson({ url: new URL(path, centralUrl), method, agent, body, timeoutMs: 30_000, maxBytes: 100_000 });
  // Who just left may be in the middle of a renewal.
  if (status !== 200 && status !== 404) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  return answer as { readonly code?: string };
}

async function allOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const item of rest) await act(item);
  }));
}

function tell(news: PeersNews): void {
  parentPort!.postMessage(news);
}
