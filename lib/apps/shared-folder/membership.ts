import pLimit from 'p-limit';
import type { Clock } from '../../base/clock.ts';
import { Doorbell } from '../../base/doorbell.ts';
import { isVideoError, toVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { SECOND_MS } from '../../base/units.ts';
import { announcementOf } from '../../domain/announcement.ts';
import type { PeerFile } from '../../domain/peer-file.ts';
import type { ControlClient, PeerAnswer } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';
import type { PublicTokenKey } from '../../protocol/token.ts';
import { isCentralLost } from '../central-lost.ts';

/** As it joins. */
export interface JoiningPlace {
  /** Left out: the address that the central sees. */
  readonly ip?: string | undefined;
  readonly port: number;
  readonly identity: string;
  /** It verifies tokens where the central says with what. */
  readonly isGuarded?: boolean | undefined;
}

export interface MembershipPorts {
  readonly registry: ControlClient['peers'];
  /** As people know the central. */
  readonly centralUrl: string;
  /** What is to be announced, as it is now. */
  readonly held: () => ReadonlyMap<string, PeerFile>;
  /** Before anybody is told of it: whose tokens to believe; undefined where everybody may read. */
  readonly onTokenKeys?: (keys: readonly PublicTokenKey[] | undefined) => void;
  /** It was reached at its address, and others are told of it; told again when it could not be reached meanwhile. */
  readonly onOffered?: (address: string) => void;
  readonly clock: Clock;
  readonly log: Log;
}

const RENEWALS_PER_LEASE = 3;
const RETRY_MS = 2 * SECOND_MS;
/** A central that answers, and refuses, has its reasons. */
const REFUSED_RETRY_MS = 15 * SECOND_MS;
const LEAVE_PATIENCE_MS = 3 * SECOND_MS;

/**
 * A peer's place in the central's registry: joins, tells what changes, and keeps the lease. When the central forgot it, it
 * joins again.
 */
export class Membership {
  readonly #place: JoiningPlace;
  readonly #ports: MembershipPorts;
  readonly #doorbell: Doorbell;
  /** What is told arrives in order. */
  readonly #inTurn = pLimit(1);
  #lease: { readonly peer: string; readonly address: string; readonly leaseMs: number } | undefined;
  /** By name, as the central knows it. */
  #told = new Map<string, PeerFile>();
  #renewAtMs = 0;
  #isReached = true;
  #isOffered: boolean | undefined;

  constructor(place: JoiningPlace, ports: MembershipPorts) {
    this.#place = place;
    this.#ports = ports;
    this.#doorbell = new Doorbell(ports.clock);
  }

  /** Undefined before it joined. */
  get lease(): string | undefined {
    return this.#lease?.peer;
  }

  /** `IP:PORT`, as others are told. */
  get address(): string | undefined {
    return this.#lease?.address;
  }

  /** What is held may have changed. */
  noteChange(): void {
    this.#doorbell.ring();
  }

  /** @throws VideoError `central_unreachable`, `peers_full`, `invalid_request` …; or the signal's reason */
  join({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    return this.#inTurn(() => this.#join(signal));
  }

  /** Resolves when the central knows all that is held now. @throws VideoError as `join` */
  tell({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    return this.#inTurn(() => this.#keep(signal));
  }

  /**
   * Tells what changes and renews the lease until the signal aborts, and then ends what is being said, or there would be a
   * lease that nobody can end. Joins when it has not. Never rejects.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const impatience = abortedAfter(signal, LEAVE_PATIENCE_MS);
    while (!signal.aborted) {
      try {
        const waitMs = this.#renewAtMs - clock.now();
        // Without a lease there is nothing to tell of a change.
        if (this.#lease) await this.#doorbell.sleep(Math.max(0, waitMs), { signal });
        else if (waitMs > 0) await clock.sleep(waitMs, { signal });
        await this.#inTurn(() => this.#keep(impatience));
      } catch (error) {
        if (signal.aborted) return;
        this.#noteFailure(error);
      }
    }
  }

  /** Whatever becomes of it: a lease that nobody renews ends by itself. */
  async leave(): Promise<void> {
    const peer = this.lease;
    if (peer === undefined) return;
    this.#lease = undefined;
    const signal = AbortSignal.timeout(LEAVE_PATIENCE_MS);
    await this.#ports.registry.leave({ peer }, { signal }).catch(error => this.#ports.log.debug('request.failed', { operation: 'peers.leave', reason: toVideoError(error).code }));
  }

  async #join(signal: AbortSignal): Promise<void> {
    const { registry, held } = this.#ports;
    const files = [...held().values()].slice(0, limits.peerFilesPerRequest);
    const answer = await registry.join({ ...this.#place, files }, { signal });
    this.#lease = answer;
    this.#told = new Map(files.map(file => [file.name, file]));
    this.#noteAnswer(answer);
    await this.#tell(signal);
  }

  async #keep(signal: AbortSignal): Promise<void> {
    if (!this.#lease) return this.#join(signal);
    const isDue = this.#ports.clock.now() >= this.#renewAtMs;
    try {
      if (isDue) await this.#update({ added: [], removed: [] }, signal);
      await this.#tell(signal);
    } catch (error) {
      if (!isVideoError(error, 'peer_unknown')) throw error;
      await this.#join(signal);
    }
  }

  async #tell(signal: AbortSignal): Promise<void> {
    for (;;) {
      const { added, removed } = announcementOf(this.#told, this.#ports.held(), limits.peerFilesPerRequest);
      if (added.length + removed.length === 0) return;
      await this.#update({ added: [...added], removed: [...removed] }, signal);
      for (const name of removed) this.#told.delete(name);
      for (const file of added) this.#told.set(file.name, file);
    }
  }

  async #update(news: { readonly added: PeerFile[]; readonly removed: string[] }, signal: AbortSignal): Promise<void> {
    if (!this.#lease) return;
    this.#noteAnswer(await this.#ports.registry.update({ peer: this.#lease.peer, ...news }, { signal }));
  }

  #noteAnswer({ leaseMs, isReachable, tokenKeys }: PeerAnswer): void {
    const { clock, log, centralUrl, onTokenKeys, onOffered } = this.#ports;
    onTokenKeys?.(tokenKeys);
    this.#renewAtMs = clock.now() + leaseMs / RENEWALS_PER_LEASE;
    if (!this.#isReached) log.info('central.reached', { url: centralUrl });
    this.#isReached = true;
    if (isReachable === this.#isOffered) return;
    this.#isOffered = isReachable;
    if (isReachable) onOffered?.(this.address!);
    else log.warn('peer.unreachable', { address: this.address!, reason: 'unreachable' });
  }

  #noteFailure(error: unknown): void {
    const { clock, log, centralUrl } = this.#ports;
    const { code } = toVideoError(error);
    const isRefused = !isCentralLost(error);
    this.#renewAtMs = clock.now() + (isRefused ? REFUSED_RETRY_MS : RETRY_MS);
    if (this.#isReached) log.warn(isRefused ? 'peer.refused' : 'central.lost', { url: centralUrl, reason: code });
    this.#isReached = false;
  }
}

/** So long after the other one. */
function abortedAfter(signal: AbortSignal, ms: number): AbortSignal {
  const later = new AbortController();
  const onAbort = () => AbortSignal.timeout(ms).addEventListener('abort', () => later.abort(signal.reason), { once: true });
  if (signal.aborted) later.abort(signal.reason);
  else signal.addEventListener('abort', onAbort, { once: true });
  return later.signal;
}
