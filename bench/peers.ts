import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadavg } from 'node:os';
import { limits } from '../lib/protocol/limits.ts';
import { binOf } from './cluster.ts';
import { freePort, MeasuredProcess, printResult, round, temporaryFolder } from './harness.ts';
import { PeerCrowd } from './peer-crowd.ts';
import type { SearchNews, SearchPlan } from './programs/searching-peer.ts';

/**
 * Peers that join, leave, die and change what they have against a real central: how long a search takes meanwhile, also while all
 * of them die at once, what memory the central takes, and whether it gives it back. Nobody may be offered who has been dead for a
 * lease.
 */
const PEERS = Number(process.argv[2] ?? 10_000);
const FILES_PER_PEER = Number(process.argv[3] ?? 100);
const CHURN_SECONDS = Number(process.argv[4] ?? 60);
/** A second, beside as many that join as leave and die. */
const [LEAVING, DYING, CHANGING] = [20, 20, 20];
const SEARCH_EVERY_MS = 10;
/** They come and go one by one, not all at the beginning of a second. */
const TURNS_PER_SECOND = 20;
const REST_SECONDS = 30;
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
const renewEveryMs = limits.peerLeaseMs / 3;
using crowd = new PeerCrowd({ centralUrl, filesPerPeer: FILES_PER_PEER, renewEveryMs, atOnce: 32 });

const startedAtMs = performance.now();
await crowd.order({ join: PEERS });
const joiningSeconds = (performance.now() - startedAtMs) / 1000;
const fullMib = await central.rssMib();
const names = await metric('videopartes_peer_names');

const load = loadavg();
const churning = await searches();
for (let turn = 0; turn < CHURN_SECONDS * TURNS_PER_SECOND; turn += 1) {
  const [leave, die, change] = [LEAVING / TURNS_PER_SECOND, DYING / TURNS_PER_SECOND, CHANGING / TURNS_PER_SECOND];
  await Promise.all([crowd.order({ join: leave + die, leave, die, change }), sleep(1000 / TURNS_PER_SECOND)]);
}
const churn = await churning.end();

const dying = await searches();
await crowd.order({ die: PEERS });
await sleep(limits.peerLeaseMs + 2000);
const massDeath = await dying.end();
const { found, deadOffered } = await crowd.searchAll();
const left = { peers: await metric('videopartes_peers{state="reached"}'), names: await metric('videopartes_peer_names') };
const afterMib = await central.rssMib();
await sleep(REST_SECONDS * 1000);
const restedMib = await central.rssMib();

printResult({
  bench: 'peers',
  peers: PEERS,
  names,
  joinsPerSecond: round(PEERS / joiningSeconds),
  loadAverageBefore: load.map(value => round(value)),
  churn: { seconds: CHURN_SECONDS, leavingPerSecond: LEAVING, dyingPerSecond: DYING, changingPerSecond: CHANGING, renewalsPerSecond: round((PEERS / renewEveryMs) * 1000), ...churn },
  massDeath,
  livingForgotten: crowd.forgotten,
  everyPeerAskedForAfterwards: { peers: crowd.everJoined, found: found.size, deadOffered },
  left,
  rssMib: { empty: emptyMib, full: fullMib, peak: await central.peakRssMib(), after: afterMib, [`${REST_SECONDS}SecondsLater`]: restedMib },
  targetP99Ms: TARGET_P99_MS,
});

/** Searches by another process until `end`, which tells how long they took, whom they should not have found, and how busy the central was. */
async function searches() {
  const elapsedMs: number[] = [];
  let offered = 0;
  let dead = 0;
  const plan: SearchPlan = { centralUrl, peers: PEERS, filesPerPeer: FILES_PER_PEER, everyMs: SEARCH_EVERY_MS };
  const searching = fork(new URL('programs/searching-peer.js', import.meta.url), [JSON.stringify(plan)]);
  searching.on('message', (news: SearchNews) => {
    elapsedMs.push(news.elapsedMs);
    offered += news.found.length;
    dead += crowd.deadAmong(news.found, news.askedAtMs);
  });
  const startMs = performance.now();
  // Forgets how late it was before.
  await metrics();
  const cpuBefore = (await central.cpuSeconds())!;
  return {
    async end() {
      const text = await metrics();
      const cpuSeconds = (await central.cpuSeconds())! - cpuBefore;
      const lagMs = { p99: round(valueIn(text, 'nodejs_eventloop_lag_p99_seconds') * 1000), max: round(valueIn(text, 'nodejs_eventloop_lag_max_seconds') * 1000) };
      const elapsedSeconds = (performance.now() - startMs) / 1000;
      searching.kill();
      const sorted = elapsedMs.toSorted((one, other) => one - other);
      const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
      return { searches: sorted.length, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1), offered, deadOffered: dead, centralCpuShare: round(cpuSeconds / elapsedSeconds), centralLagMs: lagMs };
    },
  };
}

async function metric(name: string): Promise<number> {
  return valueIn(await metrics(), name);
}

async function metrics(): Promise<string> {
  return (await fetch(`${centralUrl}/metrics`)).text();
}

function valueIn(text: string, name: string): number {
  return Number(text.split('\n').find(line => line.startsWith(`${name} `))?.split(' ')[1]);
}
