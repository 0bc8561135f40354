import { once } from 'node:events';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { requestJson } from '../lib/io/http/json-request.ts';
import { limits } from '../lib/protocol/limits.ts';
import { binOf } from './cluster.ts';
import { freePort, MeasuredProcess, printResult, round, temporaryFolder } from './harness.ts';
import { addressOf, nameOf, popularName, sharedNowMs, type PeersNews, type PeersOrder, type PeersPlan } from './simulated-names.ts';

/**
 * Peers that join, leave and die against a real central: how long a search takes meanwhile, also while all of them die at
 * once, what memory the central takes, and whether it gives it back. Nobody may be offered who has been dead for a lease.
 */
const PEERS = Number(process.argv[2] ?? 10_000);
/** The names of the dead count until their leases run out: so there is room for those who come. */
const FILES_PER_PEER = Number(process.argv[3] ?? 90);
const CHURN_SECONDS = Number(process.argv[4] ?? 60);
/** A second. */
const [LEAVING, DYING] = [20, 20];
const SEARCHES_PER_SECOND = 100;
/** They come and go one by one, not all at the beginning of a second. */
const TURNS_PER_SECOND = 20;
const REST_SECONDS = 60;
const TARGET_P99_MS = 20;

await using folder = await temporaryFolder();
const port = await freePort();
const centralUrl = `http://127.0.0.1:${port}`;
await using central = new MeasuredProcess(process.execPath, [
  binOf('videocentral'), '--sin-consola', '--puerto', String(port), '--datos', join(folder.path, 'datos'), '--estadisticas', join(folder.path, 'stats'),
]);
await central.firstLine();
// What it tells is read, as a terminal would.
void central.ended(3_600_000);
const emptyMib = await central.rssMib();

const plan: PeersPlan = { centralUrl, filesPerPeer: FILES_PER_PEER, renewEveryMs: limits.peerLeaseMs / 3, atOnce: 32 };
const peers = new Worker(new URL('programs/simulated-peers.js', import.meta.url), { workerData: plan });
/** Leases of the living that ran out, because this bench or the central was too slow. */
let lost = 0;
const goneAtMs = new Map<string, number>();
peers.on('message', (news: PeersNews) => {
  if (news.type === 'lost') lost += 1;
  if (news.type !== 'gone') return;
  goneAtMs.set(addressOf(news.index), news.atMs);
});
const agent = new Agent({ keepAlive: true });

const startedAtMs = performance.now();
await order({ join: PEERS, leave: 0, die: 0 });
const joiningSeconds = (performance.now() - startedAtMs) / 1000;
const fullMib = await central.rssMib();
const names = await metric('videopartes_peer_names');

const churning = searches();
for (let turn = 0; turn < CHURN_SECONDS * TURNS_PER_SECOND; turn += 1) {
  const [leave, die] = [LEAVING / TURNS_PER_SECOND, DYING / TURNS_PER_SECOND];
  await Promise.all([order({ join: leave + die, leave, die }), sleep(1000 / TURNS_PER_SECOND)]);
}
const churn = await churning.end();

const dying = searches();
await order({ join: 0, leave: 0, die: PEERS });
await sleep(limits.peerLeaseMs + 5000);
const massDeath = await dying.end();
const left = { peers: await metric('videopartes_peers{state="reached"}'), names: await metric('videopartes_peer_names') };
const afterMib = await central.rssMib();
await sleep(REST_SECONDS * 1000);
const restedMib = await central.rssMib();
await peers.terminate();
agent.destroy();

printResult({
  bench: 'peers',
  peers: PEERS,
  names,
  joinsPerSecond: round(PEERS / joiningSeconds),
  churn: { seconds: CHURN_SECONDS, leavingPerSecond: LEAVING, dyingPerSecond: DYING, renewalsPerSecond: round((PEERS / plan.renewEveryMs) * 1000), ...churn },
  massDeath,
  livingLost: lost,
  left,
  rssMib: { empty: emptyMib, full: fullMib, peak: await central.peakRssMib(), after: afterMib, [`${REST_SECONDS}SecondsLater`]: restedMib },
  targetP99Ms: TARGET_P99_MS,
});

/** Searches at a steady rate until `end`, which tells how long they took and whom they should not have found. */
function searches() {
  const elapsedMs: number[] = [];
  let offered = 0;
  let dead = 0;
  const over = new AbortController();
  const search = async (turn: number) => {
    const name = turn % 2 === 0 ? popularName(turn * 7919) : nameOf((turn * 7919) % PEERS, turn % FILES_PER_PEER);
    const askedAtMs = sharedNowMs();
    const startMs = performance.now();
    const { body } = await requestJson({ url: new URL(`/peers?name=${encodeURIComponent(name)}`, centralUrl), method: 'GET', agent, timeoutMs: 30_000, maxBytes: 1_000_000 });
    elapsedMs.push(performance.now() - startMs);
    const { peers: found } = body as { readonly peers: readonly { readonly address: string }[] };
    offered += found.length;
    dead += found.filter(({ address }) => (goneAtMs.get(address.split(':')[0]!) ?? Infinity) < askedAtMs - limits.peerLeaseMs).length;
  };
  const running = (async () => {
    for (let turn = 0; !over.signal.aborted; turn += 1) await Promise.all([search(turn), sleep(1000 / SEARCHES_PER_SECOND)]);
  })();
  // What else fails is the cause, and is told.
  running.catch(() => undefined);
  return {
    async end() {
      over.abort();
      await running;
      const sorted = elapsedMs.toSorted((one, other) => one - other);
      const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
      return { searches: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), offered, deadOffered: dead };
    },
  };
}

async function order(wanted: PeersOrder): Promise<void> {
  peers.postMessage(wanted);
  for (;;) {
    const [news] = (await once(peers, 'message')) as [PeersNews];
    if (news.type === 'done') return;
  }
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${centralUrl}/metrics`)).text();
  return Number(text.split('\n').find(line => line.startsWith(`${name} `))?.split(' ')[1]);
}
