import pLimit from 'p-limit';
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { SECOND_MS } from '../../base/units.ts';
import { BlockSigner } from '../../domain/live/block-signature.ts';
import type { Block } from '../../domain/live/block.ts';
import type { MemberLinks, OpenLinks } from '../../domain/live/member-links.ts';
import { RelayRoot, type ViewerConnection } from '../../domain/live/relay-root.ts';
import { relayTimes } from '../../domain/live/relay-times.ts';
import { ROOT, SLICES, type BlockManifest, type Contact, type MemberId } from '../../domain/live/stream.ts';
import { limits } from '../../protocol/limits.ts';
import { countingPort } from './counting-port.ts';

export interface SwarmRootOptions {
  readonly channel: number;
  /** How many times the stream it sends at the most. */
  readonly retransmissions: number;
}

export interface SwarmPorts {
  readonly openLinks: OpenLinks;
  readonly clock: Clock;
  readonly random: Random;
}

/** Who was too busy to answer feeds others later. */
const TRIES_AFTER_MS = [0, 5 * SECOND_MS, 20 * SECOND_MS];

/** The root of a channel's relay on this machine: signs blocks, and gives them to viewers who give them on. */
export class SwarmRoot implements Disposable {
  readonly #signer = new BlockSigner();
  readonly #links: MemberLinks;
  readonly #root: RelayRoot;
  readonly #ticking: NodeJS.Timeout;
  /** Whoever joins is called back; not everybody at once. */
  readonly #reachLimit = pLimit(limits.liveReachedAtOnce);
  readonly #reaching = new Set<MemberId>();
  readonly #ending = new AbortController();
  readonly #clock: Clock;
  #sentBytes = 0;

  constructor({ channel, retransmissions }: SwarmRootOptions, { openLinks, clock, random }: SwarmPorts) {
    this.#clock = clock;
    this.#links = openLinks({ ownId: ROOT, received: (from, message) => this.#root.received(from, message), closed: () => undefined, callerClosed: id => this.#root.closed(id) });
    const port = countingPort(this.#links, bytes => (this.#sentBytes += bytes));
    this.#root = new RelayRoot(
      { stream: { id: this.#signer.stream, channel }, slots: SLICES * retransmissions },
      { port, clock, random, tryReach: contact => void this.#tryReach(contact) },
    );
    this.#ticking = setInterval(() => this.#root.tick(), relayTimes.tickEveryMs);
  }

  /** The key that its blocks are signed with. */
  get stream(): string {
    return this.#signer.stream;
  }

  get viewers(): readonly ViewerConnection[] {
    return this.#root.viewers;
  }

  /** Those who get slices from here. */
  get children(): readonly Contact[] {
    return this.#root.children;
  }

  /** Of slices that were given. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** A block goes on the air. */
  air(block: Block): BlockManifest {
    const slices = this.#signer.slices(block, this.#root.airMs);
    this.#root.air(slices);
    return slices[0]!.block;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticking);
    this.#ending.abort();
    this.#links[Symbol.dispose]();
  }

  async #tryReach(contact: Contact): Promise<void> {
    const { id } = contact;
    if (this.#reaching.has(id)) return;
    this.#reaching.add(id);
    const { signal } = this.#ending;
    let isReached = false;
    for (const afterMs of TRIES_AFTER_MS) {
      await this.#clock.sleep(afterMs, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      isReached = await this.#reachLimit(() => this.#links.reaches(contact));
      if (isReached) break;
      this.#root.unreached(id);
    }
    this.#reaching.delete(id);
    if (isReached) this.#root.reached(id);
  }
}
