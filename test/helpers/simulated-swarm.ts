import type { Clock } from '../../lib/base/clock.ts';
import { seededRandom, type Random } from '../../lib/base/random.ts';
import type { Loss, RelayMessage } from '../../lib/domain/live/relay-messages.ts';
import { RelayRoot } from '../../lib/domain/live/relay-root.ts';
import { relayTimes } from '../../lib/domain/live/relay-times.ts';
import { RelayViewer } from '../../lib/domain/live/relay-viewer.ts';
import { ROOT, SLICES, type BlockManifest, type MemberId, type Slice } from '../../lib/domain/live/stream.ts';
import { SimulatedNetwork, type Line } from './simulated-network.ts';

export interface ViewerPlan extends Line {
  /** How many times the stream it sends on at the most. */
  readonly retransmissions: number;
  /** Alters what it relays. */
  readonly isLiar?: boolean;
}

export interface SwarmOptions {
  readonly seed: number;
  readonly blockBytes?: number;
  readonly blockMs?: number;
  /** Of the root: how many times the stream. */
  readonly rootRetransmissions?: number;
}

/** What a viewer has seen. */
export interface Watched {
  readonly id: MemberId;
  readonly plan: ViewerPlan;
  readonly relay: RelayViewer;
  readonly startedMs: number;
  firstBlockMs: number | undefined;
  /** By block, counted over all streams: how long after it went on the air it was whole. */
  readonly delaysMs: Map<number, number>;
  /** By tree: when a slice came last. */
  readonly sliceMs: number[];
  /** The channel's states that it was told of. */
  readonly states: ('joined' | 'joined to watch only' | 'away')[];
  readonly losses: Loss[];
  sentBytes: number;
  endedMs: number | undefined;
}

const NOTHING = new Uint8Array();

/**
 * A channel and its viewers in virtual time: the real code of the relay, between them a simulated network. The same seed gives the
 * same course of things.
 */
export class SimulatedSwarm {
  readonly viewers = new Map<MemberId, Watched>();
  /** Of everybody who took part, also those who are gone. */
  readonly all: Watched[] = [];
  /** When each block went on the air, of all streams. */
  readonly airedMs: number[] = [];
  /** How long nothing came after a parent had died. */
  readonly repairsMs: number[] = [];
  readonly random: Random;
  rootBytes = 0;
  rootControlBytes = 0;
  readonly #network: SimulatedNetwork;
  readonly #clock: Clock;
  readonly #options: Required<SwarmOptions>;
  /** By stream: how many blocks there were before it. */
  readonly #streams = new Map<string, number>();
  /** By viewer and tree: since when nothing comes. */
  readonly #broken = new Map<string, number>();
  #root: RelayRoot;
  #inStream = 0;

  constructor(options: SwarmOptions) {
    this.#options = { blockBytes: 500_000, blockMs: 2000, rootRetransmissions: 2, ...options };
    this.random = seededRandom(options.seed);
    this.#network = new SimulatedNetwork(this.#options.blockBytes / SLICES, (from, message, sizeBytes) => this.#noteSent(from, message, sizeBytes));
    this.#clock = { now: () => this.nowMs, date: () => this.nowMs, sleep: () => Promise.reject(new Error('nothing sleeps in a simulation')) };
    this.#root = this.#startRoot();
    this.#network.every(relayTimes.tickEveryMs, () => {
      if (this.#network.isAwake(ROOT)) this.#root.tick();
      return true;
    });
    this.#network.every(this.#options.blockMs, () => {
      if (this.#network.isAwake(ROOT)) this.#air();
      return true;
    });
  }

  get nowMs(): number {
    return this.#network.nowMs;
  }

  get root(): RelayRoot {
    return this.#root;
  }

  add(plan: ViewerPlan): Watched {
    const id = `v${this.all.length}`;
    const relay = new RelayViewer(
      { root: { id: ROOT, address: { host: ROOT, port: 1 } }, slots: plan.retransmissions * SLICES, listenPort: 1 },
      {
        port: this.#network.port(id),
        clock: this.#clock,
        random: this.random,
        observer: {
          joined: (_stream, canRelay) => void watched.states.push(canRelay ? 'joined' : 'joined to watch only'),
          fed: () => undefined,
          away: () => void watched.states.push('away'),
          expected: () => undefined,
          block: block => this.#noteBlock(watched, block),
          lost: (parent, tree, why) => this.#noteLoss(watched, parent, tree, why),
        },
      },
    );
    const watched: Watched = { id, plan, relay, startedMs: this.nowMs, firstBlockMs: undefined, delaysMs: new Map(), sliceMs: [], states: [], losses: [], sentBytes: 0, endedMs: undefined };
    this.#network.attach(id, plan, { received: (from, message) => this.#received(watched, from, message), closed: other => relay.closed(other) });
    this.viewers.set(id, watched);
    this.all.push(watched);
    this.#network.at(this.nowMs, () => relay.tick());
    this.#network.at(this.nowMs + this.random() * relayTimes.tickEveryMs, () =>
      this.#network.every(relayTimes.tickEveryMs, () => {
        if (this.#network.isAwake(id)) relay.tick();
        return watched.endedMs === undefined;
      }),
    );
    return watched;
  }

  /** As by SIGKILL: the connections end. `isSilent`: as by a cut cable: nobody is told. */
  kill(id: MemberId, { isSilent = false } = {}): void {
    this.#network.kill(id, isSilent);
    this.viewers.get(id)!.endedMs = this.nowMs;
    this.viewers.delete(id);
  }

  /** Nothing is on the air until it is started again. */
  killRoot({ isSilent = false } = {}): void {
    this.#network.kill(ROOT, isSilent);
  }

  /** Another stream, at the same address. */
  restartRoot(): void {
    this.#root = this.#startRoot();
  }

  /** It goes as one who says so. */
  leave(id: MemberId): void {
    const { relay } = this.viewers.get(id)!;
    relay.leave();
    this.#network.every(relayTimes.tickEveryMs, () => {
      if (!this.viewers.has(id)) return false;
      if (!relay.mayGo) return true;
      this.kill(id);
      return false;
    });
  }

  /** As by SIGSTOP. */
  pause(id: MemberId, forMs: number): void {
    this.#network.pause(id, forMs);
  }

  runFor(ms: number): void {
    this.#network.runFor(ms);
  }

  /** How late each block was that went on the air in that time, and while he was there; infinite when it never came. */
  delaysOf({ startedMs, delaysMs }: Watched, fromMs: number, untilMs: number): readonly number[] {
    const times = this.airedMs.map((airedMs, number) => ({ airedMs, number }));
    return times.filter(({ airedMs }) => airedMs >= Math.max(fromMs, startedMs) && airedMs < untilMs).map(({ number }) => delaysMs.get(number) ?? Infinity);
  }

  #startRoot(): RelayRoot {
    const stream = { id: `stream ${this.#streams.size}`, channel: 0 };
    this.#streams.set(stream.id, this.airedMs.length);
    this.#inStream = 0;
    const { random } = this;
    const network = this.#network;
    const root = new RelayRoot(
      { stream, slots: SLICES * this.#options.rootRetransmissions },
      {
        port: network.port(ROOT),
        clock: this.#clock,
        random,
        tryReach: ({ id }) => network.at(this.nowMs + 2 * network.latencyMs(ROOT, id), () => (network.isReachable(id) ? root.reached(id) : root.unreached(id))),
      },
    );
    network.attach(ROOT, {}, { received: (from, message) => root.received({ id: from, host: from, isLocal: false }, message), closed: id => root.closed(id) });
    return root;
  }

  #air(): void {
    const { blockBytes, blockMs } = this.#options;
    const [stream] = [...this.#streams.keys()].slice(-1);
    const block: BlockManifest = { stream: stream!, number: this.#inStream++, emittedMs: this.#root.airMs, durationMs: blockMs, isBeginning: false, sizeBytes: blockBytes, sliceHashes: [], signature: '' };
    this.airedMs.push(this.nowMs);
    this.#root.air(Array.from({ length: SLICES }, (_, index): Slice => ({ block, index, bytes: NOTHING })));
  }

  #received(watched: Watched, from: MemberId, message: RelayMessage): void {
    if (message.type === 'slice') {
      if (this.viewers.get(from)?.plan.isLiar) {
        this.#network.port(watched.id).close(from);
        watched.relay.corrupt(from);
        return;
      }
      this.#noteSlice(watched, message.slice.index);
    }
    watched.relay.received({ id: from }, message);
  }

  #noteBlock(watched: Watched, { stream, number }: BlockManifest): void {
    const counted = this.#streams.get(stream)! + number;
    watched.firstBlockMs ??= this.nowMs - watched.startedMs;
    watched.delaysMs.set(counted, this.nowMs - this.airedMs[counted]!);
  }

  #noteLoss(watched: Watched, parent: MemberId, tree: number, why: Loss): void {
    watched.losses.push(why);
    const diedMs = this.#network.diedMs(parent);
    const key = `${watched.id} ${tree}`;
    // A backup may have died long before.
    if (diedMs !== undefined && !this.#broken.has(key)) this.#broken.set(key, Math.max(diedMs, watched.sliceMs[tree] ?? watched.startedMs));
  }

  #noteSlice(watched: Watched, tree: number): void {
    watched.sliceMs[tree] = this.nowMs;
    if (this.#broken.size === 0) return;
    const key = `${watched.id} ${tree}`;
    const brokenMs = this.#broken.get(key);
    if (brokenMs === undefined) return;
    this.#broken.delete(key);
    this.repairsMs.push(this.nowMs - brokenMs);
  }

  #noteSent(from: MemberId, { type }: RelayMessage, sizeBytes: number): void {
    if (from !== ROOT) {
      const watched = this.viewers.get(from);
      if (watched && type === 'slice') watched.sentBytes += sizeBytes;
    } else if (type === 'slice') this.rootBytes += sizeBytes;
    else this.rootControlBytes += sizeBytes;
  }
}
