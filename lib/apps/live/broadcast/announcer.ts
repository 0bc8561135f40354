import type { Clock } from '../../../base/clock.ts';
import { toVideoError } from '../../../base/errors.ts';
import type { Log } from '../../../base/log.ts';
import { SECOND_MS } from '../../../base/units.ts';
import type { ChannelAnnouncement, ControlClient } from '../../../protocol/control.ts';
import { isCentralLost } from '../../central-lost.ts';

export interface AnnouncerPorts {
  readonly registry: Pick<ControlClient['channels'], 'announce' | 'withdraw'>;
  /** As people know the central. */
  readonly centralUrl: string;
  /** What is on the air, as it is now. */
  readonly channels: () => readonly ChannelAnnouncement[];
  readonly clock: Clock;
  readonly log: Log;
}

const ANNOUNCEMENTS_PER_LEASE = 3;
const RETRY_MS = 2 * SECOND_MS;
/** A central that answers, and refuses, has its reasons. */
const REFUSED_RETRY_MS = 15 * SECOND_MS;
const WITHDRAW_PATIENCE_MS = 2 * SECOND_MS;

/** Tells a central of channels until the signal aborts, and then that they are gone. Never rejects. */
export async function announceChannels({ registry, centralUrl, channels, clock, log }: AnnouncerPorts, signal: AbortSignal): Promise<void> {
  let isTold = true;
  while (!signal.aborted) {
    let waitMs = RETRY_MS;
    try {
      for (const channel of channels()) waitMs = (await registry.announce(channel, { signal })).leaseMs / ANNOUNCEMENTS_PER_LEASE;
      if (!isTold) log.info('central.reached', { url: centralUrl });
      isTold = true;
    } catch (error) {
      if (signal.aborted) break;
      const isRefused = !isCentralLost(error);
      if (isRefused) waitMs = REFUSED_RETRY_MS;
      if (isTold) log.warn(isRefused ? 'channel.unannounced' : 'central.lost', { url: centralUrl, reason: toVideoError(error).code });
      isTold = false;
    }
    await clock.sleep(waitMs, { signal }).catch(() => undefined);
  }
  const patience = AbortSignal.timeout(WITHDRAW_PATIENCE_MS);
  // Whatever becomes of it: a lease that nobody renews ends by itself.
  await Promise.allSettled(channels().map(({ lease }) => registry.withdraw({ lease }, { signal: patience })));
}
