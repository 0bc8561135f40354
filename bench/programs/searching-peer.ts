import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdersOf } from '../peer-crowd.ts';
import { nameOf, popularName, sharedNowMs } from '../simulated-names.ts';

export interface SearchPlan {
  readonly centralUrl: string;
  /** That joined at the beginning. */
  readonly peers: number;
  readonly filesPerPeer: number;
  readonly everyMs: number;
}

/** Told of each search. */
export interface SearchNews {
  readonly askedAtMs: number;
  readonly elapsedMs: number;
  readonly found: readonly string[];
}

/** A process that searches for one name after another until it is disconnected: half of them many have, half of them one or nobody. */
const { centralUrl, peers, filesPerPeer, everyMs } = JSON.parse(process.argv[2]!) as SearchPlan;
const agent = new Agent({ keepAlive: true });
process.on('disconnect', () => process.exit());

for (;;) await Promise.all([search(), sleep(everyMs)]);

async function search(): Promise<void> {
  const askedAtMs = sharedNowMs();
  const startMs = performance.now();
  const found = await holdersOf(centralUrl, Math.random() < 0.5 ? popularName(random(peers)) : nameOf(random(peers), random(filesPerPeer)), agent);
  process.send!({ askedAtMs, elapsedMs: performance.now() - startMs, found } satisfies SearchNews);
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}
