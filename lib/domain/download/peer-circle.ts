import type { Clock } from '../../base/clock.ts';
import { isVideoError, VideoError } from '../../base/errors.ts';
import { SECOND_MS } from '../../base/units.ts';
import { HeldParts } from '../held-parts.ts';
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
  readonly partCount: number;
  /** Parts that are here from the start. */
  readonly present: Iterable<number>;
  /** Which parts of the file the peer has now. Rejects when it does not tell. */
  readonly askParts: (peer: OfferedPeer, options: { readonly signal: AbortSignal }) => Promise<HeldParts>;
  readonly clock: Clock;
  /** `sources` changed. */
  readonly onChange: () => void;
  /** How many are asked at one time. */
  readonly membersMax: number;
}

/** New parts come about as often on a slow line. Who has so many that are still wanted is asked seldom: asking costs both a little. */
const ASK_EVERY_MS = 1.5 * SECOND_MS;
const ASK_SELDOM_EVERY_MS = 6 * SECOND_MS;
const MANY_PARTS = 8;
/** Attempts that fail before a peer gives its place to another, and for how long. */
const ATTEMPTS = 3;
const AWAY_MS = 5 * SECOND_MS;
/** Of a long download in a crowd, the first ones are forgotten. */
const KNOWN_MAX = 200;

interface Member {
  readonly address: string;
  readonly source: Source;
  readonly holdings: GrowingHoldings;
  readonly leaving: AbortController;
  /** Since it last gave a right part. */
  failures: number;
}

/**
 * The peers that one download asks: some of those that were offered, each a source of the parts that it says it has by
 * now. Who does not answer, refuses, or has nothing that is wanted while others wait, gives its place to another for a while,
 * and who sent a wrong part for good.
 */
export class PeerCircle implements AsyncDisposable {
  readonly #ports: PeerCirclePorts;
  readonly #own: HeldParts;
  /** That were offered, the latest last. */
  readonly #known = new Map<string, OfferedPeer>();
  readonly #members = new Map<string, Member>();
  /** Who gave its place away, and what ends the wait for it. */
  readonly #away = new Map<string, AbortController>();
  readonly #running = new Set<Promise<void>>();
  #isClosed = false;

  constructor(ports: PeerCirclePorts) {
    this.#ports = ports;
    this.#own = new HeldParts(ports.partCount, ports.present);
  }

  /** Those that have something. */
  get sources(): readonly Source[] {
    return [...this.#members.values()].filter(({ holdings }) => holdings.size > 0).map(({ source }) => source);
  }

  /** To be told what becomes of the download. */
  readonly observer: DownloadObserver = {
    onPartKept: part => this.#own.add(part),
    onPartCorrupt: id => this.#sendAway(id),
    onSourceFailed: (id, error) => void (isVideoError(error, 'source_refused') && this.#sendAway(id, AWAY_MS)),
    onSourceRetried: id => this.#failed(id),
    onSourceReturned: id => this.#worked(id),
  };

  /** Who has the file now, as the central tells; those that are known stay. */
  offer(peers: readonly OfferedPeer[]): void {
    if (this.#isClosed) return;
    for (const peer of peers) {
      this.#known.delete(peer.address);
      this.#known.set(peer.address, peer);
      if (this.#members.has(peer.address)) this.#sourceOf(peer);
    }
    for (const address of [...this.#known.keys()].slice(0, -KNOWN_MAX)) if (!this.#members.has(address)) this.#known.delete(address);
    this.#fill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const waits = [...[...this.#members.values()].map(({ leaving }) => leaving), ...this.#away.values()];
    for (const wait of waits) wait.abort(new VideoError('cancelled', {}));
    await Promise.all(this.#running);
  }

  /** Free places go to those that were offered last: the central sends others elsewhere. */
  #fill(): void {
    for (const peer of [...this.#known.values()].toReversed()) {
      if (this.#isClosed || this.#members.size >= this.#ports.membersMax) return;
      if (!this.#members.has(peer.address) && !this.#away.has(peer.address)) this.#take(peer);
    }
  }

  #take(offer: OfferedPeer): void {
    const holdings = new GrowingHoldings();
    const member = { address: offer.address, holdings, source: new PeerSource(this.#sourceOf(offer), holdings), leaving: new AbortController(), failures: 0 };
    this.#members.set(offer.address, member);
    this.#untilClosed(this.#follow(member));
  }

  /** The same one for the same address; it shows the newest token. */
  #sourceOf({ address, token }: OfferedPeer): Source {
    return this.#ports.sources.source(address, `http://${address}`, token);
  }

  /** Until it has everything, or leaves. */
  async #follow(member: Member): Promise<void> {
    const { clock, askParts, onChange } = this.#ports;
    const { address, holdings, leaving: { signal } } = member;
    let askedInVain = 0;
    let uselessTimes = 0;
    while (!signal.aborted && !holdings.isWhole) {
      try {
        const hadSome = holdings.size > 0;
        holdings.heard(await askParts(this.#known.get(address) ?? { address }, { signal }));
        askedInVain = 0;
        uselessTimes = this.#has(holdings, 1) ? 0 : uselessTimes + 1;
        if (!hadSome && holdings.size > 0) onChange();
      } catch {
        askedInVain += 1;
      }
      if (signal.aborted) return;
      const isInTheWay = uselessTimes >= ATTEMPTS && this.#others > 0;
      if (askedInVain === ATTEMPTS || isInTheWay) this.#sendAway(address, AWAY_MS);
      await clock.sleep(this.#has(holdings, MANY_PARTS) ? ASK_SELDOM_EVERY_MS : ASK_EVERY_MS, { signal }).catch(() => undefined);
    }
  }

  /** Whether it has so many parts, at least, that are still wanted. */
  #has(holdings: GrowingHoldings, count: number): boolean {
    let wanted = 0;
    for (let part = 0; part < this.#own.partCount && wanted < count; part += 1) if (holdings.has(part) && !this.#own.has(part)) wanted += 1;
    return wanted >= count;
  }

  /** How many wait for a place. */
  get #others(): number {
    return [...this.#known.keys()].filter(address => !this.#members.has(address) && !this.#away.has(address)).length;
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

  /** For good, unless a time is given. */
  #sendAway(address: string, forMs?: number): void {
    const member = this.#members.get(address);
    if (!member) return;
    const wait = new AbortController();
    this.#members.delete(address);
    this.#away.set(address, wait);
    member.leaving.abort(new VideoError('cancelled', {}));
    if (forMs !== undefined) this.#untilClosed(this.#takeBack(address, forMs, wait.signal));
    this.#fill();
    this.#ports.onChange();
  }

  async #takeBack(address: string, inMs: number, signal: AbortSignal): Promise<void> {
    await this.#ports.clock.sleep(inMs, { signal }).catch(() => undefined);
    this.#away.delete(address);
    this.#fill();
  }

  #untilClosed(task: Promise<void>): void {
    const running = task.finally(() => this.#running.delete(running));
    this.#running.add(running);
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
