import type { Clock } from '../../base/clock.ts';
import { Latest } from '../../base/latest.ts';
import type { SourceFeed } from '../../domain/download/download.ts';
import { lackingSource } from '../../domain/download/lacking-source.ts';
import { nodeSourceId } from '../../domain/download/node-source-id.ts';
import { PeerCircle, type PeerCirclePorts } from '../../domain/download/peer-circle.ts';
import type { DownloadObserver } from '../../domain/download/progress.ts';
import type { Source, SourceFactory } from '../../domain/download/source.ts';
import { limits } from '../../protocol/limits.ts';
import type { TicketOffer } from './ticket-line.ts';

export interface OfferedSourcesPorts {
  readonly sources: SourceFactory;
  readonly partCount: number;
  /** Parts that are here from the start. */
  readonly present: Iterable<number>;
  readonly askParts: PeerCirclePorts['askParts'];
  /** `IP:PORT` where this very client serves others, if it does. */
  readonly ownAddress: () => string | undefined;
  readonly clock: Clock;
}

/** The sources of one download: secondaries as the central offers them, and peers once they have something to give. */
export class OfferedSources implements AsyncDisposable {
  readonly #ports: OfferedSourcesPorts;
  readonly #circle: PeerCircle;
  readonly #current = new Latest<readonly Source[]>();
  #nodes: readonly Source[] = [];
  /** There was somebody to be missed, or it is known that there is nobody. */
  #isKnown = false;
  #isClosed = false;

  constructor(ports: OfferedSourcesPorts) {
    const { sources, partCount, present, askParts, clock } = ports;
    this.#ports = ports;
    this.#circle = new PeerCircle({ sources, partCount, present, askParts, clock, membersMax: limits.peersPerDownload, onChange: () => this.#update() });
  }

  /** To be told what becomes of the download. */
  get observer(): DownloadObserver {
    return this.#circle.observer;
  }

  /** Until it is disposed of; `offers` is read until it ends. */
  feed(offers: AsyncIterable<TicketOffer>): SourceFeed {
    this.#follow(offers).catch((error: unknown) => this.#current.fail(error));
    return this.#current;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#current.end();
    await this.#circle[Symbol.asyncDispose]();
  }

  async #follow(offers: AsyncIterable<TicketOffer>): Promise<void> {
    const { sources, ownAddress } = this.#ports;
    for await (const { nodes, peers } of offers) {
      if (this.#isClosed) return;
      this.#nodes = nodes.map(({ node, url, token, badParts }) => lackingSource(sources.source(nodeSourceId(node), url, token), badParts));
      const others = peers.filter(({ address }) => address !== ownAddress());
      this.#circle.offer(others);
      this.#isKnown ||= nodes.length + others.length === 0;
      this.#update();
    }
  }

  #update(): void {
    const current = [...this.#nodes, ...this.#circle.sources];
    this.#isKnown ||= current.length > 0;
    // Peers that are being asked for the first time may have something.
    if (this.#isKnown) this.#current.set(current);
  }
}
