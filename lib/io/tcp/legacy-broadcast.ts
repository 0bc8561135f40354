import type { Socket } from 'node:net';
import type { Audience } from '../../domain/live/audience.ts';
import { limits } from '../../protocol/limits.ts';
import { callBack, type Callback } from './legacy-callback.ts';

export interface BroadcastOptions {
  readonly clientPort: number;
  readonly roundMs: number;
  readonly onRemoved: (ip: string) => void;
}

/** What became of one block, by the clients' IPs. */
export interface LegacyRound {
  readonly delivered: readonly string[];
  readonly failed: readonly string[];
}

interface Line {
  from: string;
  /** A block that the system has not taken yet. */
  sending: Callback | undefined;
  /** Connections that the client has not closed. */
  readonly unclosed: Set<Socket>;
}

/**
 * Brings blocks to the clients of one channel, to all at once. What a client does not take is kept nowhere: while it has not taken the
 * block before, or left too many unread, it fails the round without being called.
 */
export class LegacyBroadcast implements Disposable {
  readonly #audience: Audience;
  readonly #options: BroadcastOptions;
  readonly #lines = new Map<string, Line>();
  #isClosed = false;

  constructor(audience: Audience, options: BroadcastOptions) {
    this.#audience = audience;
    this.#options = options;
  }

  /** Ends within the time of a round; it never rejects. */
  async send(block: Uint8Array, addresses: readonly string[]): Promise<LegacyRound> {
    const calls = addresses.map(ip => ({ ip, call: this.#call(ip, block) }));
    const giveUp = () => {
      for (const { call } of calls) call?.cancel();
    };
    // When the whole program was held up, what the system has for it comes first.
    const timer = setTimeout(() => setImmediate(giveUp), this.#options.roundMs);
    const outcomes = await Promise.all(calls.map(async ({ ip, call }) => ({ ip, isSent: (await call?.sent) ?? false })));
    clearTimeout(timer);
    if (!this.#isClosed) for (const { ip, isSent } of outcomes) this.#note(ip, isSent);
    const of = (wasSent: boolean) => outcomes.filter(({ isSent }) => isSent === wasSent).map(({ ip }) => ip);
    return { delivered: of(true), failed: of(false) };
  }

  /** Of a client that joined the audience, or asked again; `from` is where it is called from. */
  admit(ip: string, from: string): void {
    const line = this.#lines.get(ip);
    if (line) line.from = from;
    else this.#lines.set(ip, { from, sending: undefined, unclosed: new Set() });
  }

  /** Of a client that is no longer one; what it was sent whole may still reach it. */
  forget(ip: string): void {
    const line = this.#lines.get(ip);
    line?.sending?.cancel();
    for (const socket of line?.unclosed ?? []) socket.destroy();
    this.#lines.delete(ip);
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const ip of this.#lines.keys()) this.forget(ip);
  }

  /** Undefined when the client gets no block now. */
  #call(ip: string, block: Uint8Array): Callback | undefined {
    const line = this.#lines.get(ip);
    if (!line || line.sending || line.unclosed.size >= limits.legacyUnclosedBlocks) return undefined;
    const call = callBack({ ip, port: this.#options.clientPort, from: line.from }, block);
    line.sending = call;
    void call.sent.then(() => (line.sending = undefined));
    line.unclosed.add(call.socket);
    call.socket.once('close', () => line.unclosed.delete(call.socket));
    return call;
  }

  #note(ip: string, isSent: boolean): void {
    if (isSent) {
      this.#audience.delivered(ip);
    } else if (this.#audience.failed(ip)) {
      this.forget(ip);
      this.#options.onRemoved(ip);
    }
  }
}
