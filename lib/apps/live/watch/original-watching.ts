import { isVideoError } from '../../../base/errors.ts';
import type { Log } from '../../../base/log.ts';
import { SECOND_MS } from '../../../base/units.ts';
import type { BlockTaker } from '../../../domain/live/block-taker.ts';
import type { LegacyState } from '../../../domain/live/legacy-membership.ts';
import { ROOT, type Contact } from '../../../domain/live/stream.ts';
import { limits } from '../../../protocol/limits.ts';
import { SwarmRoot, type SwarmPorts } from '../swarm-root.ts';
import { watchByRelay } from './relay-watching.ts';
import type { Watching } from './watching.ts';

/** A viewer of the old protocol. */
export interface OldViewer extends AsyncDisposable {
  /** Asks for a place now. */
  askNow(): void;
  listClients(options: { readonly signal: AbortSignal }): Promise<readonly string[]>;
  /** @throws VideoError when the server cannot be told */
  leave(): Promise<void>;
}

export interface OriginalWatchingOptions {
  readonly channel: number;
  /** The server, as people know it. */
  readonly address: string;
  /** Where viewers who lead listen. */
  readonly relayPort: number;
  readonly retransmissions: number;
  readonly taker: BlockTaker;
  readonly log: Log;
}

export interface OriginalWatchingPorts extends SwarmPorts {
  openViewer(handlers: { onBlock(bytes: Uint8Array): void; onState(state: LegacyState): void }): Promise<OldViewer>;
}

/** A leader that has not taken somebody in by then is none, or is gone. */
const JOIN_PATIENCE_MS = 2.5 * SECOND_MS;
const SEEK_EVERY_MS = SECOND_MS;
const SHORTEST_BLOCK_MS = SECOND_MS / 2;
const LONGEST_BLOCK_MS = 10 * SECOND_MS;

/**
 * Watches a channel of a server that knows nothing but the old protocol. Whom the server accepts leads: he gives what he gets to the
 * others, who find him in the server's list of clients. When he is gone the server has a place for another.
 */
export class OriginalWatching implements Watching {
  readonly #options: OriginalWatchingOptions;
  readonly #ports: OriginalWatchingPorts;
  readonly #ending = new AbortController();
  #viewer: OldViewer | undefined;
  #leading: SwarmRoot | undefined;
  #following: Watching | undefined;
  #isFed = false;
  #seeking: Promise<void> | undefined;
  #blockMs: number = limits.liveBlockMs;
  #heardMs: number | undefined;
  #sentBytes = 0;

  private constructor(options: OriginalWatchingOptions, ports: OriginalWatchingPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** @throws VideoError `port_in_use`, `address_unavailable`, `listen_denied` */
  static async open(options: OriginalWatchingOptions, ports: OriginalWatchingPorts): Promise<OriginalWatching> {
    const watching = new OriginalWatching(options, ports);
    watching.#viewer = await ports.openViewer({ onBlock: bytes => watching.#air(bytes), onState: state => watching.#become(state) });
    return watching;
  }

  get parents(): readonly (Contact | undefined)[] {
    return this.#following?.parents ?? [];
  }

  get children(): readonly Contact[] {
    return (this.#leading ?? this.#following)?.children ?? [];
  }

  get sentBytes(): number {
    return this.#sentBytes + (this.#following?.sentBytes ?? 0) + (this.#leading?.sentBytes ?? 0);
  }

  async leave(signal: AbortSignal): Promise<void> {
    await this.#following?.leave(signal);
    // Nobody has to be told that could not be.
    await this.#viewer?.leave().catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#viewer?.[Symbol.asyncDispose]();
    await this.#seeking;
    this.#stopLeading();
    await this.#following?.[Symbol.asyncDispose]();
  }

  #become(state: LegacyState): void {
    if (this.#ending.signal.aborted) return;
    if (state === 'accepted') this.#lead();
    if (state === 'asking' || state === 'accepted') return;
    // Whoever leads and gets nothing keeps the others from one who does.
    this.#stopLeading();
    if (!this.#isFed) this.#seek();
  }

  #stopLeading(): void {
    this.#sentBytes += this.#leading?.sentBytes ?? 0;
    this.#leading?.[Symbol.dispose]();
    this.#leading = undefined;
  }

  #lead(): void {
    if (this.#leading) return;
    const { channel, retransmissions, address, log } = this.#options;
    log.info('relay.leading', { channel, address });
    void this.#unfollow();
    this.#leading = new SwarmRoot({ channel, retransmissions }, this.#ports);
  }

  /** Says that it goes, to those who are left of the ones before. */
  async #unfollow(): Promise<void> {
    const following = this.#following;
    this.#following = undefined;
    this.#isFed = false;
    await following?.leave(this.#ending.signal);
    this.#sentBytes += following?.sentBytes ?? 0;
    await following?.[Symbol.asyncDispose]();
  }

  #air(bytes: Uint8Array): void {
    if (this.#ending.signal.aborted) return;
    this.#lead();
    const nowMs = this.#ports.clock.now();
    // The server tells nothing of a block; they come as fast as they are shown.
    if (this.#heardMs !== undefined) this.#blockMs = Math.min(LONGEST_BLOCK_MS, Math.max(SHORTEST_BLOCK_MS, nowMs - this.#heardMs));
    this.#heardMs = nowMs;
    const block = this.#leading!.air({ bytes, durationMs: this.#blockMs, isBeginning: false });
    this.#options.log.debug('channel.block', { channel: this.#options.channel, number: block.number, bytes: bytes.byteLength, lagMs: 0 });
    this.#options.taker.show(block, bytes, nowMs);
  }

  #seek(): void {
    this.#seeking ??= this.#seekLeader().finally(() => (this.#seeking = undefined));
  }

  async #seekLeader(): Promise<void> {
    const { clock, random } = this.#ports;
    const { signal } = this.#ending;
    while (!signal.aborted && !this.#leading && !this.#isFed) {
      const hosts = await this.#viewer!.listClients({ signal }).catch((error: unknown) => {
        if (!isVideoError(error)) throw error;
        return [];
      });
      for (const host of inAnyOrder(hosts, random)) if (await this.#follow(host)) return;
      if (this.#leading) return;
      this.#viewer!.askNow();
      await clock.sleep(SEEK_EVERY_MS * (0.5 + random()), { signal }).catch(() => undefined);
    }
  }

  /** Whether that one leads, and took this viewer in. */
  async #follow(host: string): Promise<boolean> {
    const { channel, relayPort, retransmissions, taker, log } = this.#options;
    let onJoined: () => void = () => undefined;
    const joined = new Promise<boolean>(resolve => (onJoined = () => resolve(true)));
    const following = watchByRelay(
      {
        channel,
        root: { id: ROOT, address: { host, port: relayPort } },
        retransmissions,
        listenPort: relayPort,
        taker,
        log,
        onState: state => {
          if (state === 'joined') onJoined();
          // Who leads gives what it can.
          if (this.#following === following && state !== 'full') this.#fed(state === 'joined');
        },
      },
      this.#ports,
    );
    const patience = this.#ports.clock.sleep(JOIN_PATIENCE_MS, { signal: this.#ending.signal }).then(() => false, () => false);
    if (!(await Promise.race([joined, patience])) || this.#leading || this.#ending.signal.aborted) {
      await following[Symbol.asyncDispose]();
      return false;
    }
    const before = this.#following;
    this.#following = following;
    this.#sentBytes += before?.sentBytes ?? 0;
    this.#fed(true);
    await before?.[Symbol.asyncDispose]();
    return true;
  }

  #fed(isFed: boolean): void {
    this.#isFed = isFed;
    if (!isFed && !this.#leading) this.#seek();
  }
}

function inAnyOrder(hosts: readonly string[], random: () => number): readonly string[] {
  return hosts.map(host => ({ host, turn: random() })).toSorted((a, b) => a.turn - b.turn).map(({ host }) => host);
}
