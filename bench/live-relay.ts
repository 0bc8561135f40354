import { jainIndex } from '../lib/domain/live/fairness.ts';
import { SECOND_MS } from '../lib/base/units.ts';
import { SimulatedSwarm, type ViewerPlan } from '../test/helpers/simulated-swarm.ts';
import { median, printResult } from './harness.ts';

/**
 * What the viewers of a channel see while others come, go and die, in virtual time: `node dist/bench/live-relay.js [VIEWERS…] [SCENARIO…]`.
 *
 * Half of the viewers have an upload of three times the stream and the others of five times; one of twenty has less than he sends.
 */
const BLOCK_BYTES = 500_000;
/** What a slow viewer's upload carries. */
const SLOW_TIMES = 0.8;
const STREAM_BYTES_PER_MS = BLOCK_BYTES / 2000;

/** Who was there for less, or what went on the air later, is not judged. */
const JUDGED_MS = 16 * SECOND_MS;

const SCENARIOS = ['calm', 'churn', 'deaths', 'slow'] as const;
type Scenario = (typeof SCENARIOS)[number];

const wanted = process.argv.slice(2);
const sizes = wanted.map(Number).filter(Number.isInteger);
const scenarios = SCENARIOS.filter(scenario => wanted.includes(scenario));
for (const viewers of sizes.length > 0 ? sizes : [30, 200, 1000, 10_000]) {
  for (const scenario of scenarios.length > 0 ? scenarios : SCENARIOS) printResult(measure(viewers, scenario));
}

function measure(viewers: number, scenario: Scenario) {
  const startedMs = performance.now();
  const swarm = new SimulatedSwarm({ seed: viewers, blockBytes: BLOCK_BYTES });
  const { random } = swarm;
  const plan = (): ViewerPlan => {
    const isSlow = scenario === 'slow' && random() < 0.05;
    const times = isSlow ? SLOW_TIMES : random() < 0.5 ? 3 : 5;
    return { retransmissions: 2, latencyMs: 5 + random() * 40, upBytesPerMs: times * STREAM_BYTES_PER_MS, downBytesPerMs: (isSlow ? 1.2 : 6) * STREAM_BYTES_PER_MS };
  };
  swarm.runFor(6000);
  for (let count = 0; count < viewers; count += 1) {
    swarm.add(plan());
    if (count % Math.ceil(viewers / 100) === 0) swarm.runFor(100);
  }
  swarm.runFor(20 * SECOND_MS);
  const [fromMs, bytesBefore] = [swarm.nowMs, swarm.rootBytes];
  const sentBefore = new Map(swarm.all.map(viewer => [viewer, viewer.sentBytes]));
  if (scenario === 'deaths') {
    killSome(swarm, 0.1);
    swarm.runFor(40 * SECOND_MS);
    killSome(swarm, 0.25);
    swarm.runFor(80 * SECOND_MS);
  } else {
    for (let second = 0; second < 120; second += 1) {
      if (scenario === 'churn') churn(swarm, plan, viewers * 0.003);
      swarm.runFor(SECOND_MS);
    }
  }
  const present = [...swarm.viewers.values()].filter(viewer => sentBefore.has(viewer));
  const delays = present.flatMap(viewer => swarm.delaysOf(viewer, fromMs, swarm.nowMs - JUDGED_MS));
  const ordered = delays.toSorted((a, b) => a - b);
  const steady = sentBefore.size > 0 ? present.map(viewer => viewer.sentBytes - sentBefore.get(viewer)!) : [];
  const at = (share: number, all: readonly number[]) => Math.round(all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? 0);
  const joins = swarm.all.filter(({ startedMs, endedMs = swarm.nowMs }) => endedMs - startedMs >= JUDGED_MS).map(({ firstBlockMs }) => firstBlockMs ?? Infinity).toSorted((a, b) => a - b);
  const repairs = swarm.repairsMs.toSorted((a, b) => a - b);
  const elapsedMs = swarm.nowMs - fromMs;
  return {
    bench: 'live-relay',
    scenario,
    viewers,
    blocks: delays.length,
    missedAt8s: delays.filter(ms => ms > 8000).length,
    missedAt12s: delays.filter(ms => ms > 12_000).length,
    missedByOthersAt12s: present.filter(({ plan: { upBytesPerMs } }) => upBytesPerMs !== SLOW_TIMES * STREAM_BYTES_PER_MS).flatMap(viewer => swarm.delaysOf(viewer, fromMs, swarm.nowMs - JUDGED_MS)).filter(ms => ms > 12_000).length,
    delayMs: { median: Math.round(median(delays)), p99: at(0.99, ordered), max: at(1, ordered) },
    jain: Number(jainIndex(steady).toFixed(3)),
    rootTimesStream: Number(((swarm.rootBytes - bytesBefore) / (elapsedMs * STREAM_BYTES_PER_MS)).toFixed(2)),
    rootControlBytesPerSecond: Math.round(swarm.rootControlBytes / (swarm.nowMs / 1000)),
    joinMs: { median: at(0.5, joins), p95: at(0.95, joins), max: at(1, joins) },
    repairMs: { count: repairs.length, median: at(0.5, repairs), p95: at(0.95, repairs), max: at(1, repairs) },
    tookSeconds: Number(((performance.now() - startedMs) / 1000).toFixed(1)),
  };
}

function killSome(swarm: SimulatedSwarm, share: number): void {
  for (const id of swarm.viewers.keys()) if (swarm.random() < share) swarm.kill(id);
}

function churn(swarm: SimulatedSwarm, plan: () => ViewerPlan, perSecond: number): void {
  const ids = [...swarm.viewers.keys()];
  for (let count = swarm.random(); count < perSecond; count += 1) {
    const id = ids[Math.floor(swarm.random() * ids.length)]!;
    if (!swarm.viewers.has(id)) continue;
    if (swarm.random() < 0.5) swarm.kill(id, { isSilent: swarm.random() < 0.3 });
    else swarm.leave(id);
    swarm.add(plan());
  }
}
