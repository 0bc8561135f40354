import type { Clock } from '../../base/clock.ts';
import { toVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { DAY_MS } from '../../base/units.ts';
import type { FileId } from '../../domain/file.ts';
import type { LeftoverStore } from '../../domain/local-folder.ts';

export interface HousekeepingPorts {
  readonly leftovers: LeftoverStore;
  /** Whether the folder has a file of this content. */
  readonly isHeld: (id: FileId) => boolean;
  /** Whether it is being copied. */
  readonly isCopied: (id: FileId) => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

const EVERY_MS = DAY_MS;
/** A manifest whose file may come back. */
const MANIFEST_KEPT_MS = DAY_MS;
/** A copy that nobody orders any more; its node may have been away over the holidays. */
const COPY_KEPT_MS = 7 * DAY_MS;

/** Removes, now and once a day, what unfinished copies and files that are gone left behind. Resolves when the signal aborts. */
export async function keepHouse(ports: HousekeepingPorts, signal: AbortSignal): Promise<void> {
  const { clock } = ports;
  while (!signal.aborted) {
    await clearOnce(ports);
    await clock.sleep(EVERY_MS, { signal }).catch(() => undefined);
  }
}

async function clearOnce({ leftovers, isHeld, isCopied, clock, log }: HousekeepingPorts): Promise<void> {
  const nowMs = clock.date();
  try {
    const copies = await leftovers.removeCopies({ writtenBeforeMs: nowMs - COPY_KEPT_MS, isWanted: isCopied });
    const manifests = await leftovers.removeManifests({ writtenBeforeMs: nowMs - MANIFEST_KEPT_MS, isWanted: id => isHeld(id) || isCopied(id) });
    if (copies + manifests > 0) log.debug('leftovers.removed', { copies, manifests });
  } catch (error) {
    log.warn('request.failed', { operation: 'cleaning', reason: toVideoError(error).code });
  }
}
