import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestJson } from '../../lib/io/http/json-request.ts';
import { limits } from '../../lib/protocol/limits.ts';
import type { CrowdNews, CrowdOrder, CrowdPlan } from '../peer-crowd.ts';
import { addressOf, nameOf, ownName, sharedNowMs } from '../simulated-names.ts';

/** A process of peers that join a central, renew their leases, leave and die as they are told; each has an address of its own in 127.0.0.0/8. */
const { centralUrl, filesPerPeer, renewEveryMs, atOnce } = JSON.parse(process.argv[2]!) as CrowdPlan;
/** Peers renew their leases one by one, each in its own moment. */
const TURN_MS = 5;

interface LivingPeer {
  readonly index: number;
  readonly lease: string;
  renewAtMs: number;
  /** How often what it has changed. */
  changes: number;
  hasDied: boolean;
}

const joining = new Agent({ keepAlive: true, maxSockets: atOnce });
/** No renewal waits for those who join. */
const renewing = new Agent({ keepAlive: true, maxSockets: atOnce });
const identities = new Map<string, string>();
const living = new Map<number, LivingPeer>();
/** Who renews next comes first; with those that are gone until their turn. */
const due = new Set<LivingPeer>();
let next = 0;

const server = createServer(({ socket }, response) => {
  response.end(JSON.stringify({ status: 'ok', peer: identities.get(socket.localAddress!) }));
}).listen({ port: 0, host: '0.0.0.0', backlog: 4096 });
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

process.on('message', (order: CrowdOrder) => void carryOut(order).then(() => tell({ type: 'done', everJoined: next })));
process.on('disconnect', () => process.exit());
void renewForEver();

async function carryOut({ join = 0, leave = 0, die = 0, change = 0 }: CrowdOrder): Promise<void> {
  const oldest = [];
  for (const peer of living.values()) {
    if (oldest.length === leave + die + change) break;
    oldest.push(peer);
  }
  // Nobody renews the lease of the dead.
  for (const peer of oldest.slice(leave, leave + die)) {
    peer.hasDied = true;
    bury(peer, sharedNowMs() + limits.peerLeaseMs);
  }
  await allOf(oldest.slice(0, leave), async peer => {
    living.delete(peer.index);
    await ask('DELETE', `/peers/${peer.lease}`);
    bury(peer, sharedNowMs());
  });
  await allOf(oldest.slice(leave + die), changeOne);
  await allOf(Array.from({ length: join }, () => next++), joinOne);
}

async function joinOne(index: number): Promise<void> {
  const ip = addressOf(index);
  const identity = randomUUID();
  identities.set(ip, identity);
  const files = Array.from({ length: filesPerPeer }, (_, file) => fileOf(nameOf(index, file)));
  const { peer, isReachable } = (await ask('POST', '/peers', { ip, port, identity, files })) as unknown as { readonly peer: string; readonly isReachable: boolean };
  // On a machine that is very busy it may have taken too long to answer.
  if (!isReachable) return joinOne(index);
  const joined = { index, lease: peer, renewAtMs: sharedNowMs() + renewEveryMs, changes: 0, hasDied: false };
  living.set(index, joined);
  due.add(joined);
}

/** One comes, and the one that came before it goes. */
async function changeOne(peer: LivingPeer): Promise<void> {
  peer.changes += 1;
  const latest = filesPerPeer + peer.changes;
  const news = { added: [fileOf(ownName(peer.index, latest))], removed: [ownName(peer.index, latest - 1)] };
  await ask('POST', `/peers/${peer.lease}`, news);
}

function fileOf(name: string): object {
  return { name, id: createHash('sha256').update(name).digest('hex'), sizeBytes: 3_000_000_000 + name.length };
}

function bury({ index }: LivingPeer, untilMs: number, wasForgotten = false): void {
  living.delete(index);
  tell({ type: 'gone', index, untilMs, wasForgotten });
}

async function renewForEver(): Promise<void> {
  for (;;) {
    const nowMs = sharedNowMs();
    for (const peer of due) {
      if (peer.renewAtMs > nowMs) break;
      due.delete(peer);
      if (living.has(peer.index)) void renew(peer);
    }
    await sleep(TURN_MS);
  }
}

async function renew(peer: LivingPeer): Promise<void> {
  const { index, lease } = peer;
  peer.renewAtMs += renewEveryMs;
  due.add(peer);
  const { code } = await ask('POST', `/peers/${lease}`, {}, renewing);
  const nowMs = sharedNowMs();
  if (living.has(index) && code !== undefined) bury(peer, nowMs, true);
  // It died in the middle of its last renewal.
  else if (peer.hasDied && code === undefined) bury(peer, nowMs + limits.peerLeaseMs);
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

function tell(news: CrowdNews): void {
  process.send!(news);
}
