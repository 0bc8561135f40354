import type { ExecutionContext } from 'ava';
import { KIB } from '../../lib/base/units.ts';
import { hashOf, LiveSite, type LiveViewer, type ReadyFolder } from './live-site.ts';
import type { ProgramOptions, TalkingProgram } from './programs.ts';

/** What a viewer waits for until it shows a block. */
const DELAY_MS = 12_000;

export interface LiveChannel {
  readonly site: LiveSite;
  readonly ready: ReadyFolder;
  readonly broadcaster: TalkingProgram;
}

interface ChannelOptions {
  readonly sizeBytes?: number;
  readonly ip?: string | undefined;
  /** Of who broadcasts. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export async function onAir(t: ExecutionContext, { sizeBytes = 64 * KIB, ip, env }: ChannelOptions = {}): Promise<LiveChannel> {
  t.timeout(240_000);
  const site = await LiveSite.open(t, { ip });
  const ready = await site.readyFolder('canal', { sizeBytes });
  const broadcaster = await site.broadcast([ready.path], { env });
  return { site, ready, broadcaster };
}

/** So many, each of whom gets blocks before the next one comes. */
export async function watchers(site: LiveSite, count: number, args: readonly string[] = [], options: Pick<ProgramOptions, 'env'> = {}): Promise<readonly LiveViewer[]> {
  const viewers: LiveViewer[] = [];
  for (let index = 0; index < count; index += 1) {
    const viewer = await site.watch(args, options);
    await viewer.block(0);
    viewers.push(viewer);
  }
  return viewers;
}

/** Every block from now on, so many, in time and as it was broadcast. */
export async function missNothing(t: ExecutionContext, viewers: readonly LiveViewer[], count: number, { blocks: ready }: ReadyFolder): Promise<void> {
  const from = Math.max(...viewers.map(({ blocks }) => Math.max(...blocks.map(({ number }) => number)))) + 1;
  const wanted = Array.from({ length: count }, (_, index) => from + index);
  await Promise.all(viewers.map(viewer => viewer.block(from + count + 6)));
  for (const viewer of viewers) {
    const lags = new Map(viewer.blocks.map(({ number, lagMs }) => [number, lagMs]));
    for (const number of wanted) t.true((lags.get(number) ?? Infinity) < DELAY_MS, `block ${number}: ${lags.get(number)} ms`);
    for (const [number, hash] of await viewer.hashes()) t.is(hash, hashOf(ready[number % ready.length]!), `block ${number}`);
  }
}
