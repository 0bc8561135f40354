import { backoffMs } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import type { Doorbell } from '../../base/doorbell.ts';
import { isTransient, isVideoError, toVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { defaultFailureDetector } from '../../domain/failure-detector.ts';
import type { FileId } from '../../domain/file.ts';
import type { Inventory } from '../../domain/inventory.ts';
import type { MediaDetails } from '../../domain/media.ts';
import type { ManifestStore } from '../../domain/local-folder.ts';
import type { ControlClient, Heartbeat, Order } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';
import type { PublicTokenKey } from '../../protocol/token.ts';

/** What a heartbeat tells, without the inventory. */
export type NodeReport = Omit<Heartbeat, 'inventory'>;

export interface HeartbeatPorts {
  readonly central: ControlClient;
  /** As people know the central. */
  readonly centralUrl: string;
  readonly inventory: Inventory;
  readonly manifests: ManifestStore;
  /** What a file of this content is to a player; undefined when it is gone. */
  readonly probe: (id: FileId, signal: AbortSignal) => Promise<MediaDetails | undefined>;
  readonly report: () => Promise<NodeReport>;
  /** The next heartbeat waits for it. `copyBytesPerSecond`: what all the copies together may take; undefined sets no limit. */
  readonly onOrders: (orders: readonly Order[], options: { readonly copyBytesPerSecond: number | undefined }) => Promise<void> | void;
  /** The central has heard this. */
  readonly onHeard?: (report: NodeReport) => void;
  /** The keys of now, with each answer; a central that knows nothing of tokens sends none. */
  readonly onTokenKeys?: (keys: readonly PublicTokenKey[]) => Promise<void>;
  /** Rung when there is something to tell before the next heartbeat is due. */
  readonly doorbell: Doorbell;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const FIRST_RETRY_MS = 250;
/** Several changes of one moment go in one heartbeat. */
const GAP_MIN_MS = 20;

/** `undefined` before the first answer or failure. */
export type CentralState = 'reached' | 'lost' | undefined;

/**
 * Tells the central that this node lives, what it holds and what it does; passes on its orders. An answer says how far
 * the central knows the inventory, and the next heartbeat goes on from there: neither side needs to remember the other.
 */
export class Heartbeats {
  readonly #ports: HeartbeatPorts;
  #knownRevision = 0;
  #failures = 0;
  #state: CentralState;
  #lastFailure: string | undefined;

  constructor(ports: HeartbeatPorts) {
    this.#ports = ports;
  }

  get central(): CentralState {
    return this.#state;
  }

  /** Beats until the signal aborts. Whatever fails is told once, and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    const { doorbell, clock } = this.#ports;
    try {
      while (!signal.aborted) {
        const nextInMs = await this.#beat(signal);
        await clock.sleep(GAP_MIN_MS, { signal });
        await (this.#failures > 0 ? clock.sleep(nextInMs, { signal }) : doorbell.sleep(nextInMs, { signal }));
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** How long to wait for the next one. */
  async #beat(signal: AbortSignal): Promise<number> {
    const { central, report, inventory, onOrders, onHeard, onTokenKeys, clock, random } = this.#ports;
    try {
      const told = await report();
      // After the report: a copy that ends meanwhile is in both rather than in none.
      const slice = inventory.slice(this.#knownRevision, limits.inventorySliceMaxFiles);
      const askedAtMs = clock.date();
      const answer = await central.nodes.heartbeat(
        { ...told, inventory: { ...slice, added: [...slice.added], removed: [...slice.removed] } },
        { signal },
      );
      this.#knownRevision = answer.revision;
      this.#noteReached();
      onHeard?.(told);
      await onTokenKeys?.(answer.tokenKeys ?? []);
      // By the wall clock, which goes on while a machine sleeps. After so long the central took this node for lost: what was one
      // replica too many when it answered may be the last one now.
      const isOfNow = clock.date() - askedAtMs <= defaultFailureDetector.downAfterMs;
      if (isOfNow) await onOrders(answer.orders, { copyBytesPerSecond: answer.copyBytesPerSecond });
      const sent = await this.#describe(answer.wantedManifests, signal);
      // A central that waits for what it cannot get would be in a hurry for ever.
      const isHurryInVain = answer.wantedManifests.length > 0 && sent === 0;
      return isHurryInVain ? limits.heartbeatEveryMs : Math.min(answer.nextInMs, limits.heartbeatEveryMs);
    } catch (error) {
      signal.throwIfAborted();
      this.#noteFailure(error);
      return backoffMs(this.#failures, { firstMs: FIRST_RETRY_MS, maxMs: limits.heartbeatEveryMs }, random);
    }
  }

  /** How many of them the central took. Those that would keep it waiting for the next heartbeat it asks for again. */
  async #describe(ids: readonly FileId[], signal: AbortSignal): Promise<number> {
    const { central, manifests, clock, log } = this.#ports;
    const untilMs = clock.now() + limits.heartbeatEveryMs;
    let sent = 0;
    for (const id of ids) {
      if (clock.now() >= untilMs) break;
      const manifest = await manifests.get(id);
      if (!manifest) continue;
      try {
        const media = await this.#ports.probe(id, signal);
        await central.manifests.put({ ...manifest, partHashes: [...manifest.partHashes], ...(media && { media }) }, { signal });
        sent += 1;
      } catch (error) {
        if (isTransient(error) || signal.aborted) throw error;
        // The central does not want this one; the others are none of its business.
        log.warn('request.failed', { operation: manifest.name, reason: toVideoError(error).code });
      }
    }
    return sent;
  }

  #noteReached(): void {
    const { log, centralUrl } = this.#ports;
    if (this.#state !== 'reached') log.info('central.reached', { url: centralUrl });
    this.#state = 'reached';
    this.#failures = 0;
    this.#lastFailure = undefined;
  }

  #noteFailure(error: unknown): void {
    const { log, centralUrl } = this.#ports;
    const { code } = toVideoError(error);
    this.#failures += 1;
    this.#state = 'lost';
    if (this.#lastFailure === code) return;
    this.#lastFailure = code;
    if (isVideoError(error, 'node_conflict')) log.error('number.taken', { number: error.facts.number });
    else if (isVideoError(error, 'node_retired')) log.error('number.retired', { number: error.facts.number });
    else log.warn('central.lost', { url: centralUrl, reason: code });
  }
}
