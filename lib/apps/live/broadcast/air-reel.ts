import type { Clock } from '../../../base/clock.ts';
import { toVideoError } from '../../../base/errors.ts';
import type { Log } from '../../../base/log.ts';
import { SECOND_MS } from '../../../base/units.ts';
import type { Block, Reel } from '../../../domain/live/block.ts';

export interface AirPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly channel: number;
  onAir(block: Block): void;
}

/** A block that comes so late is not followed by others in haste: from then on all is later by that much. */
const BEHIND_MS = SECOND_MS;
const RETRY_MS = SECOND_MS;

/** Puts the blocks of a reel on the air, each when the one before has been shown, until the signal aborts. Never rejects. */
export async function airReel(reel: Reel, { clock, log, channel, onAir }: AirPorts, signal: AbortSignal): Promise<void> {
  let dueMs = clock.now();
  while (!signal.aborted) {
    try {
      const block = await reel.next({ signal });
      await clock.sleep(Math.max(0, dueMs - clock.now()), { signal });
      if (clock.now() - dueMs > BEHIND_MS) dueMs = clock.now();
      dueMs += block.durationMs;
      onAir(block);
    } catch (error) {
      if (signal.aborted) return;
      log.warn('channel.interrupted', { channel, reason: toVideoError(error).code });
      await clock.sleep(RETRY_MS, { signal }).catch(() => undefined);
    }
  }
}
