import type { Clock } from '../../base/clock.ts';
import { toVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { ControlClient } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';

const LOOK_EVERY_MS = 2000;

export interface CentralWatchOptions {
  readonly control: Pick<ControlClient, 'health'>;
  /** As people know it: the addresses that were given. */
  readonly url: string;
  /** Whether it answered when the program began. */
  readonly isFound: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Tells when the central is lost and when it is found again, once each. Resolves when the signal aborts. */
export async function watchCentral({ control, url, isFound, clock, log, signal }: CentralWatchOptions): Promise<void> {
  let isPresent = isFound;
  while (!signal.aborted) {
    await clock.sleep(LOOK_EVERY_MS, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const problem = await problemOf(control, signal);
    if (signal.aborted) return;
    if (isPresent && problem !== undefined) log.warn('central.lost', { url, reason: problem });
    if (!isPresent && problem === undefined) log.info('central.reached', { url });
    isPresent = problem === undefined;
  }
}

/** The code of what stops the central from answering; undefined when it answers. */
export async function problemOf(control: Pick<ControlClient, 'health'>, signal: AbortSignal): Promise<string | undefined> {
  try {
    await control.health(undefined, { signal: AbortSignal.any([signal, AbortSignal.timeout(limits.reachTimeoutMs)]) });
    return undefined;
  } catch (error) {
    return toVideoError(error).code;
  }
}
