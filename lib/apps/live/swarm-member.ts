import { randomBytes } from 'node:crypto';
import { SliceChecker } from '../../domain/live/block-signature.ts';
import type { MemberLinks, RelayPeer } from '../../domain/live/member-links.ts';
import type { Loss, RelayMessage } from '../../domain/live/relay-messages.ts';
import { relayTimes } from '../../domain/live/relay-times.ts';
import { RelayViewer } from '../../domain/live/relay-viewer.ts';
import { ROOT, SLICES, type BlockManifest, type Contact, type MemberId } from '../../domain/live/stream.ts';
import { countingPort } from './counting-port.ts';
import type { SwarmPorts } from './swarm-root.ts';

export interface SwarmMemberOptions {
  readonly root: Contact;
  /** How many times the stream it sends on at the most. */
  readonly retransmissions: number;
  /** Where others reach it; 0 when nowhere. */
  readonly listenPort: number;
}

export interface SwarmMemberObserver {
  joined(stream: string, canRelay: boolean): void;
  /** Whether somebody gives each slice; otherwise nobody has room. */
  fed(isFed: boolean): void;
  away(): void;
  /** The first slice of a block came. `onAirMs`: when the block went on the air, on the own clock. */
  expected(block: BlockManifest, onAirMs: number): void;
  /** Whole, in any order. */
  block(block: BlockManifest, bytes: Uint8Array, onAirMs: number): void;
  lost(parent: Contact, tree: number, why: Loss): void;
}

/** One who watches a channel by the relay: joins, checks what comes, gives it on. */
export class SwarmMember implements AsyncDisposable {
  readonly id: MemberId = randomBytes(16).toString('hex');
  readonly #ports: SwarmPorts;
  readonly #links: MemberLinks;
  readonly #viewer: RelayViewer;
  readonly #ticking: NodeJS.Timeout;
  #checker: SliceChecker | undefined;
  #sentBytes = 0;

  constructor({ root, retransmissions, listenPort }: SwarmMemberOptions, ports: SwarmPorts, observer: SwarmMemberObserver) {
    const { openLinks, clock, random } = ports;
    this.#ports = ports;
    this.#links = openLinks({
      ownId: this.id,
      received: (from, message) => this.#received(from, message),
      closed: id => this.#viewer.closed(id),
      callerClosed: id => this.#viewer.childClosed(id),
    });
    const port = countingPort(this.#links, bytes => (this.#sentBytes += bytes));
    this.#viewer = new RelayViewer(
      { root, slots: retransmissions * SLICES, listenPort },
      {
        port,
        clock,
        random,
        observer: {
          joined: (stream, canRelay) => observer.joined(stream.id, canRelay),
          fed: isFed => observer.fed(isFed),
          away: () => observer.away(),
          expected: (block, onAirMs) => observer.expected(block, onAirMs),
          block: (block, slices, onAirMs) => observer.block(block, Buffer.concat(slices.map(({ bytes }) => bytes)), onAirMs),
          lost: (parent, tree, why) => observer.lost(this.#viewer.parents[tree] ?? { id: parent }, tree, why),
        },
      },
    );
    this.#ticking = setInterval(() => this.#viewer.tick(), relayTimes.tickEveryMs);
    this.#viewer.tick();
  }

  /** Of slices that were given to others. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Who gives, by slice. */
  get parents(): readonly (Contact | undefined)[] {
    return this.#viewer.parents;
  }

  /** Who takes. */
  get children(): readonly Contact[] {
    return this.#viewer.children;
  }

  /** Goes when those who take from it have another parent, or at the signal. */
  async leave(signal: AbortSignal): Promise<void> {
    this.#viewer.leave();
    while (!this.#viewer.mayGo && !signal.aborted) await this.#ports.clock.sleep(relayTimes.tickEveryMs, { signal }).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#ticking);
    this.#links[Symbol.dispose]();
  }

  #received(from: RelayPeer, message: RelayMessage): void {
    if (message.type === 'welcome' && (from.id !== ROOT || !this.#trust(message.stream.id))) {
      this.#links.close(from.id);
      this.#viewer.closed(from.id);
      return;
    }
    // Of a stream that ended, or that only who sends it has heard of.
    if (message.type === 'slice' && message.slice.block.stream !== this.#checker?.stream) return;
    if (message.type === 'slice' && !this.#checker?.isGenuine(message.slice)) {
      this.#links.close(from.id);
      this.#viewer.corrupt(from.id);
      return;
    }
    this.#viewer.received(from, message);
  }

  /** False when it is no key. */
  #trust(stream: string): boolean {
    if (this.#checker?.stream === stream) return true;
    try {
      this.#checker = new SliceChecker(stream);
      return true;
    } catch {
      return false;
    }
  }
}
