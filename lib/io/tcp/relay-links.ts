import { createConnection } from 'node:net';
import { systemClock as clock } from '../../base/clock.ts';
import { SECOND_MS } from '../../base/units.ts';
import type { MemberLinks, MemberLinksOptions, RelayPeer } from '../../domain/live/member-links.ts';
import { isUpward, type RelayMessage } from '../../domain/live/relay-messages.ts';
import { ROOT, type Contact, type MemberId } from '../../domain/live/stream.ts';
import { RELAY_VERSION, type Hello, type LiveMessage } from '../../protocol/live.ts';
import { limits } from '../../protocol/limits.ts';
import { RelayConnection } from './relay-connection.ts';

export interface RelayLinksOptions extends MemberLinksOptions {
  readonly channel: number;
  /** The address that connections leave from, when it matters. */
  readonly localIp?: string | undefined;
}

interface Link {
  readonly connection: RelayConnection;
  readonly isDialed: boolean;
  peer: RelayPeer;
  usedMs: number;
  /** Of the largest slice that was sent. */
  sliceBytes: number;
}

/** Who only wants to know whether somebody is there; no member is called so. */
const ASKER = 'asker';
/** What a giver may have sent to somebody who has not taken it yet, and a little more. */
const SLICES_WAITING = 20;
const SWEEP_MS = 5 * SECOND_MS;
const LOOPBACK = /^(?:127\.|::1$)/;

/**
 * The connections of one member with the others of its channel. On one that it made it asks, and takes; on one that was made to it it
 * gives. Two who give to each other have two. Nobody can say anything in the name of who was called, and of those who say that they are the
 * same only the first is heard.
 */
export class RelayLinks implements MemberLinks {
  readonly #options: RelayLinksOptions;
  readonly #dialed = new Map<MemberId, Link>();
  readonly #adopted = new Map<MemberId, Link>();
  readonly #sweep: NodeJS.Timeout;
  #isClosed = false;

  constructor(options: RelayLinksOptions) {
    this.#options = options;
    this.#sweep = setInterval(() => this.#endUnused(), SWEEP_MS).unref();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Takes over a connection that somebody made who said who he is. */
  adopt(connection: RelayConnection, hello: Hello): boolean {
    // Roots are called, and call nobody.
    if (this.#isClosed || hello.channel !== this.#options.channel || hello.id === ROOT || this.#adopted.has(hello.id)) return false;
    const seenAt = { host: connection.remoteHost, port: connection.remotePort };
    const link: Link = { connection, isDialed: false, peer: peerAt(connection, { id: hello.id, seenAt }), usedMs: clock.now(), sliceBytes: 0 };
    // Who only asks may do so as often as he likes.
    if (hello.id !== ASKER) this.#adopted.set(hello.id, link);
    connection.listen({ received: message => this.#received(link, message), closed: () => this.#remove(link) });
    connection.send(this.#hello(hello.id));
    return true;
  }

  send(to: Contact, message: RelayMessage): void {
    const link = isUpward(message) ? (this.#dialed.get(to.id) ?? this.#dial(to)) : this.#adopted.get(to.id);
    if (!link) return;
    link.usedMs = clock.now();
    if (message.type === 'slice') link.sliceBytes = Math.max(link.sliceBytes, message.slice.bytes.byteLength);
    // Slices are counted by who gives them; all else is short, and piles up for who asks and does not read.
    else if (link.connection.waitingBytes > SLICES_WAITING * link.sliceBytes + limits.liveWaitingMaxBytes) return link.connection.destroy();
    link.connection.send(message);
  }

  waitingBytes(to: MemberId): number {
    return this.#adopted.get(to)?.connection.waitingBytes ?? 0;
  }

  close(to: MemberId): void {
    for (const links of [this.#dialed, this.#adopted]) {
      const link = links.get(to);
      links.delete(to);
      link?.connection.end();
    }
  }

  /** Whether that member takes connections. */
  async reaches(contact: Contact): Promise<boolean> {
    const connection = this.#connect(contact);
    if (!connection) return false;
    return await new Promise<boolean>(resolve => {
      const late = setTimeout(() => connection.destroy(), limits.liveHelloTimeoutMs);
      connection.listen({
        received(message) {
          clearTimeout(late);
          resolve(message.type === 'hello' && message.id === contact.id);
          connection.end();
        },
        closed() {
          clearTimeout(late);
          resolve(false);
        },
      });
      connection.send({ ...this.#hello(contact.id), id: ASKER });
    });
  }

  /** Ends all connections, without a word. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    clearInterval(this.#sweep);
    for (const id of [...this.#dialed.keys(), ...this.#adopted.keys()]) this.close(id);
  }

  #dial(to: Contact): Link | undefined {
    const connection = this.#connect(to);
    if (!connection) {
      queueMicrotask(() => this.#options.closed(to.id));
      return undefined;
    }
    const link: Link = { connection, isDialed: true, peer: peerAt(connection, to), usedMs: clock.now(), sliceBytes: 0 };
    this.#dialed.set(to.id, link);
    let isKnown = false;
    const late = setTimeout(() => connection.destroy(), limits.liveHelloTimeoutMs);
    connection.listen(
      {
        received: message => {
          if (isKnown) return this.#received(link, message);
          clearTimeout(late);
          isKnown = message.type === 'hello' && message.id === to.id;
          link.peer = peerAt(connection, to);
          if (!isKnown) connection.destroy();
        },
        closed: () => {
          clearTimeout(late);
          this.#remove(link);
        },
      },
      { takesSlices: true },
    );
    connection.send(this.#hello(to.id));
    return link;
  }

  #connect({ address }: Contact): RelayConnection | undefined {
    if (!address || this.#isClosed) return undefined;
    const { localIp } = this.#options;
    const socket = createConnection({ host: address.host, port: address.port, ...(localIp !== undefined && { localAddress: localIp }) });
    const impatient = setTimeout(() => socket.destroy(), limits.liveConnectTimeoutMs);
    socket.once('connect', () => clearTimeout(impatient)).once('close', () => clearTimeout(impatient));
    return new RelayConnection(socket);
  }

  #received(link: Link, message: LiveMessage): void {
    link.usedMs = clock.now();
    if (message.type === 'hello' || isUpward(message) === link.isDialed) link.connection.destroy();
    else this.#options.received(link.peer, message);
  }

  #remove(link: Link): void {
    const { id } = link.peer;
    const links = link.isDialed ? this.#dialed : this.#adopted;
    // It was closed from here, which is not told.
    if (links.get(id) !== link) return;
    links.delete(id);
    if (link.isDialed) this.#options.closed(id);
    else this.#options.callerClosed(id);
  }

  #endUnused(): void {
    const unusedMs = clock.now() - limits.liveIdleMs;
    for (const link of [...this.#dialed.values(), ...this.#adopted.values()]) {
      if (link.usedMs >= unusedMs) continue;
      this.#remove(link);
      link.connection.end();
    }
  }

  #hello(to: MemberId): Hello {
    const { channel, ownId } = this.#options;
    return { type: 'hello', version: RELAY_VERSION, channel, id: ownId, to };
  }
}

function peerAt(connection: RelayConnection, contact: Contact): RelayPeer {
  return { ...contact, host: connection.remoteHost, port: connection.remotePort, isLocal: LOOPBACK.test(connection.remoteHost) };
}
