import type { Clock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import { SECOND_MS } from '../../base/units.ts';
import type { HeldParts } from '../held-parts.ts';
import { GrowingHoldings } from './growing-holdings.ts';
import type { DownloadObserver } from './progress.ts';
import type { Source, SourceFactory } from './source.ts';

/** A peer that says that it has the file, or some of it. */
export interface OfferedPeer {
  /** `IP:PORT`; the id of the source too. */
  readonly address: string;
  /** To show with each request; absent where none is asked for. */
  readonly token?: string | undefined;
}

export interface PeerCirclePorts {
  readonly sources: SourceFactory;
  /** Which parts of the file the peer has now. Rejects when it does not tell. */
  readonly askParts: (peer: OfferedPeer, options: { readonly signal: AbortSignal }) => Promise<HeldParts>;
  readonly clock: Clock;
  /** `sources` changed. */
  readonly onChange: () => void;
  /** How many are asked at one time. */
  readonly membersMax: number;
}

/** New parts come about as often on a slow line, and asking costs little. */
const ASK_EVERY_MS = 1.5 * SECOND_MS;
/** Attempts that fail before a peer gives its place to another, and how long it is not taken back. */
const ATTEMPTS = 3;
const AWAY_MS = 30 * SECOND_MS;

interface Member {
  readonly offer: OfferedPeer;
  readonly source: Source;
  readonly holdings: GrowingHoldings;
  readonly leaving: AbortController;
  /** Since it last gave a right part. */
  failures: number;
}

/**
 * The peers that one download asks: some of those that were offered, each a source of the parts that it says it has by
 * now. Who does not answer gives its place to another, and who sent a wrong part is asked no more.
 */
export class PeerCircle implements AsyncDisposable {
  readonly #ports: PeerCirclePorts;
  readonly #members = new Map<string, Member>();
  /** Not to be asked, until then. */
  readonly #awayUntilMs = new Map<string, number>();
  readonly #asking = new Set<Promise<void>>();
  #isClosed = false;

  constructor(ports: PeerCirclePorts) {
    this.#ports = ports;
  }

  /** Those that have something. */
  get sources(): readonly Source[] {
    return [...this.#members.values()].filter(({ holdings }) => holdings.size > 0).map(({ source }) => source);
  }

  /** To be told what becomes of the download. */
  readonly observer: DownloadObserver = {
    onPartCorrupt: id => this.#sendAway(id, Infinity),
    onSourceRetried: id => this.#failed(id),
    onSourceReturned: id => this.#worked(id),
  };

  /** Who has the file now, as the central tells; those that are known stay. */
  offer(peers: readonly OfferedPeer[]): void {
    if (this.#isClosed) return;
    const nowMs = this.#ports.clock.now();
    for (const peer of peers) {
      const known = this.#members.get(peer.address);
      if (known) this.#sourceOf(peer);
      else if (this.#members.size < this.#ports.membersMax && (this.#awayUntilMs.get(peer.address) ?? 0) <= nowMs) this.#take(peer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const { leaving } of this.#members.values()) leaving.abort(new VideoError('cancelled', {}));
    await Promise.all(this.#asking);
  }

  #take(offer: OfferedPeer): void {
    const holdings = new GrowingHoldings();
    const member = { offer, holdings, source: new PeerSource(this.#sourceOf(offer), holdings), leaving: new AbortController(), failures: 0 };
    this.#members.set(offer.address, member);
    const asking = this.#follow(member).finally(() => this.#asking.delete(asking));
    this.#asking.add(asking);
  }

  /** The same one for the same address; it shows the newest token. */
  #sourceOf({ address, token }: OfferedPeer): Source {
    return this.#ports.sources.source(address, `http://${address}`, token);
  }

  /** Until it has everything, or leaves. */
  async #follow(member: Member): Promise<void> {
    const { clock, askParts, onChange } = this.#ports;
    const { offer, holdings, leaving: { signal } } = member;
    let askedInVain = 0;
    while (!signal.aborted && !holdings.isWhole) {
      try {
        const hadSome = holdings.size > 0;
        holdings.heard(await askParts(offer, { signal }));
        askedInVain = 0;
        if (!hadSome && holdings.size > 0) onChange();
      } catch {
        askedInVain += 1;
        if (!signal.aborted && askedInVain === ATTEMPTS) this.#sendAway(offer.address, AWAY_MS);
      }
      await clock.sleep(ASK_EVERY_MS, { signal }).catch(() => undefined);
    }
  }

  #failed(address: string): void {
    const member = this.#members.get(address);
    if (!member) return;
    member.failures += 1;
    if (member.failures >= ATTEMPTS) this.#sendAway(address, AWAY_MS);
  }

  #worked(address: string): void {
    const member = this.#members.get(address);
    if (member) member.failures = 0;
  }

  #sendAway(address: string, forMs: number): void {
    const member = this.#members.get(address);
    if (!member) return;
    this.#members.delete(address);
    this.#awayUntilMs.set(address, this.#ports.clock.now() + forMs);
    member.leaving.abort(new VideoError('cancelled', {}));
    this.#ports.onChange();
  }
}

class PeerSource implements Source {
  readonly id: string;
  readonly held: GrowingHoldings;
  readonly #source: Source;

  constructor(source: Source, held: GrowingHoldings) {
    this.id = source.id;
    this.held = held;
    this.#source = source;
  }

  read: Source['read'] = (run, receiver, options) => this.#source.read(run, receiver, options);

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
  }
}
