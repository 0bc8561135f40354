import { SECOND_MS } from '../../lib/base/units.ts';
import type { RelayMessage, RelayPort } from '../../lib/domain/live/relay-messages.ts';
import type { MemberId } from '../../lib/domain/live/stream.ts';
import { EventQueue } from './event-queue.ts';

/** How a member is connected. Infinite rates by default. */
export interface Line {
  readonly upBytesPerMs?: number;
  readonly downBytesPerMs?: number;
  readonly latencyMs?: number;
  /** Others cannot call it. */
  readonly isBehindNat?: boolean;
  /** Keeps the slices that it sends back for so long. */
  readonly heldBackMs?: number;
}

/** What happens to a member of the network. */
export interface Inbox {
  received(from: MemberId, message: RelayMessage): void;
  closed(id: MemberId): void;
}

interface End extends Inbox {
  readonly id: MemberId;
  readonly line: Line;
  /** The connections that it has, by whom they are with. */
  readonly links: Map<MemberId, Link>;
  upFreeMs: number;
  /** What arrived, and has to come through the line: one after another. */
  readonly arriving: Arrival[];
  isTaking: boolean;
  /** Undefined while it lives. */
  diedMs: number | undefined;
  diedSilently: boolean;
  /** Stopped by a signal: what arrives waits. */
  asleepUntilMs: number;
}

/** A connection; of both directions first who opened it. */
interface Link {
  readonly opener: MemberId;
  /** Sent and not arrived. */
  readonly waitingBytes: [number, number];
  /** When the last message left. */
  readonly leftMs: [number, number];
  /** At whom it is for, but not through the line. */
  readonly arriving: [number, number];
}

interface Arrival {
  readonly message: RelayMessage;
  readonly sizeBytes: number;
  readonly from: MemberId;
  readonly link: Link;
}

const MESSAGE_BYTES = 60;
/** Until a connection that nobody answers is given up. */
const TRIED_MS = 2 * SECOND_MS;
const LATENCY_MS = 10;

/** A network in virtual time, with delays, limited rates and deaths. */
export class SimulatedNetwork {
  readonly #queue = new EventQueue();
  readonly #ends = new Map<MemberId, End>();
  readonly #sliceBytes: number;
  readonly #noteSent: (from: MemberId, message: RelayMessage, sizeBytes: number) => void;
  #nowMs = 0;

  constructor(sliceBytes: number, noteSent: (from: MemberId, message: RelayMessage, sizeBytes: number) => void) {
    this.#sliceBytes = sliceBytes;
    this.#noteSent = noteSent;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Takes it in, also in the place of one who died. */
  attach(id: MemberId, line: Line, inbox: Inbox): void {
    const { received, closed } = inbox;
    this.#ends.set(id, { id, line, received, closed, links: new Map(), upFreeMs: 0, arriving: [], isTaking: false, diedMs: undefined, diedSilently: false, asleepUntilMs: 0 });
  }

  /** When it died; undefined while it lives. */
  diedMs(id: MemberId): number | undefined {
    return this.#ends.get(id)?.diedMs;
  }

  isAwake(id: MemberId): boolean {
    const end = this.#ends.get(id)!;
    return end.diedMs === undefined && end.asleepUntilMs <= this.#nowMs;
  }

  /** Silently is as by a cut cable: nobody is told. */
  kill(id: MemberId, isSilent: boolean): void {
    const end = this.#ends.get(id)!;
    end.diedMs = this.#nowMs;
    end.diedSilently = isSilent;
    for (const [other, link] of isSilent ? [] : end.links) this.#cutLater(id, other, link);
  }

  pause(id: MemberId, forMs: number): void {
    this.#ends.get(id)!.asleepUntilMs = this.#nowMs + forMs;
  }

  /** Whether others can call it. */
  isReachable(id: MemberId): boolean {
    const end = this.#ends.get(id);
    return end !== undefined && end.diedMs === undefined && end.line.isBehindNat !== true;
  }

  latencyMs(one: MemberId, other: MemberId): number {
    return (this.#ends.get(one)?.line.latencyMs ?? LATENCY_MS) + (this.#ends.get(other)?.line.latencyMs ?? LATENCY_MS);
  }

  port(id: MemberId): RelayPort {
    return {
      send: (to, message) => this.#send(this.#ends.get(id)!, to.id, message),
      waitingBytes: to => {
        const link = this.#ends.get(id)!.links.get(to);
        return link ? link.waitingBytes[sideOf(link, id)] : 0;
      },
      close: to => {
        const { links } = this.#ends.get(id)!;
        const link = links.get(to);
        if (!link) return;
        links.delete(to);
        this.#cutLater(id, to, link);
      },
    };
  }

  at(atMs: number, run: () => void): void {
    this.#queue.add(atMs, run);
  }

  /** Until `run` says that it is enough. */
  every(ms: number, run: () => boolean): void {
    const step = () => {
      if (run()) this.at(this.#nowMs + ms, step);
    };
    this.at(this.#nowMs + ms, step);
  }

  runFor(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let next = this.#queue.takeBefore(untilMs); next; next = this.#queue.takeBefore(untilMs)) {
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = untilMs;
  }

  #send(from: End, toId: MemberId, message: RelayMessage): void {
    if (from.diedMs !== undefined) return;
    const to = this.#ends.get(toId);
    const latencyMs = this.latencyMs(from.id, toId);
    let startMs = this.#nowMs;
    let link = from.links.get(toId);
    if (!link) {
      if (!to || !this.isReachable(toId)) {
        const isRefused = to?.diedMs !== undefined && !to.diedSilently;
        this.at(this.#nowMs + (isRefused ? 2 * latencyMs : TRIED_MS), () => from.diedMs === undefined && !from.links.has(toId) && from.closed(toId));
        return;
      }
      link = { opener: from.id, waitingBytes: [0, 0], leftMs: [0, 0], arriving: [0, 0] };
      from.links.set(toId, link);
      to.links.set(from.id, link);
      startMs += 2 * latencyMs;
    }
    this.#carry(message, from, to!, link, startMs);
  }

  #carry(message: RelayMessage, from: End, to: End, link: Link, startMs: number): void {
    const isSlice = message.type === 'slice';
    const sizeBytes = isSlice ? this.#sliceBytes : MESSAGE_BYTES;
    this.#noteSent(from.id, message, sizeBytes);
    const side = sideOf(link, from.id);
    // Connections share the line: what is short waits behind what goes to the same member only.
    const leavesMs = Math.max(startMs, isSlice ? from.upFreeMs : 0, link.leftMs[side]) + sizeBytes / (from.line.upBytesPerMs ?? Infinity);
    if (isSlice) from.upFreeMs = leavesMs;
    link.leftMs[side] = leavesMs;
    link.waitingBytes[side] += sizeBytes;
    const heldBackMs = isSlice ? (from.line.heldBackMs ?? 0) : 0;
    const arrival: Arrival = { message, sizeBytes, from: from.id, link };
    this.at(leavesMs + this.latencyMs(from.id, to.id) + heldBackMs, () => this.#arrive(arrival, to));
  }

  #arrive(arrival: Arrival, to: End): void {
    // To the dead, what is not acknowledged waits on.
    if (to.diedMs !== undefined) return;
    const { message, link } = arrival;
    const side = sideOf(link, arrival.from);
    // Connections share the line: what is short waits behind what comes from the same member only.
    if (message.type !== 'slice' && link.arriving[side] === 0 && to.asleepUntilMs <= this.#nowMs) {
      deliver(arrival, to);
      return;
    }
    link.arriving[side] += 1;
    if (to.isTaking) to.arriving.push(arrival);
    else this.#take(arrival, to);
  }

  #take(arrival: Arrival, to: End): void {
    const { message, sizeBytes } = arrival;
    const tookMs = message.type === 'slice' ? sizeBytes / (to.line.downBytesPerMs ?? Infinity) : 0;
    const readyMs = Math.max(this.#nowMs, to.asleepUntilMs) + tookMs;
    to.isTaking = true;
    const finish = () => {
      to.isTaking = false;
      arrival.link.arriving[sideOf(arrival.link, arrival.from)] -= 1;
      deliver(arrival, to);
      this.#takeNext(to);
    };
    if (readyMs > this.#nowMs) this.at(readyMs, finish);
    else finish();
  }

  /** What waited on a connection that ended is gone with it. */
  #takeNext(to: End): void {
    while (!to.isTaking && to.arriving.length > 0) {
      const next = to.arriving.shift()!;
      if (isOpen(next, to)) this.#take(next, to);
    }
  }

  #cutLater(id: MemberId, other: MemberId, link: Link): void {
    this.at(this.#nowMs + this.latencyMs(id, other), () => {
      const end = this.#ends.get(other)!;
      if (end.diedMs !== undefined || end.links.get(id) !== link) return;
      end.links.delete(id);
      end.closed(id);
    });
  }
}

function deliver({ message, sizeBytes, from, link }: Arrival, to: End): void {
  link.waitingBytes[sideOf(link, from)] -= sizeBytes;
  if (isOpen({ from, link }, to)) to.received(from, message);
}

function isOpen({ from, link }: Pick<Arrival, 'from' | 'link'>, to: End): boolean {
  return to.diedMs === undefined && to.links.get(from) === link;
}

function sideOf(link: Link, id: MemberId): 0 | 1 {
  return link.opener === id ? 0 : 1;
}
