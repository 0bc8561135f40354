import type { Clock } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import { SECOND_MS } from '../../../base/units.ts';

/** Who broadcasts: one who knows our relay, or a server that speaks nothing but the old protocol. */
export type Origin = 'relay' | 'original';

export interface OriginPorts {
  /** Whether a root of our relay answers. Never rejects. */
  reachesRelay(): Promise<boolean>;
  /** Whether a server of the old protocol answers. Never rejects. */
  reachesOriginal(signal: AbortSignal): Promise<boolean>;
  readonly clock: Clock;
  readonly log: Log;
}

const EVERY_MS = SECOND_MS;

/**
 * Asks until somebody answers. The old protocol is tried last: our own broadcasters speak it too.
 *
 * @throws the signal's reason
 */
export async function findOrigin(channel: number, address: string, { reachesRelay, reachesOriginal, clock, log }: OriginPorts, signal: AbortSignal): Promise<Origin> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    if (await reachesRelay()) return 'relay';
    if (await reachesOriginal(signal)) return 'original';
    if (attempt === 1) log.warn('channel.awaited', { channel, address });
    await clock.sleep(EVERY_MS, { signal });
  }
}
