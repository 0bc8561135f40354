import { fork, type ChildProcess } from 'node:child_process';
import { Agent } from 'node:http';
import { requestJson } from '../lib/io/http/json-request.ts';
import { addressOf, namesToTry, sharedNowMs } from './simulated-names.ts';

export interface CrowdPlan {
  readonly centralUrl: string;
  readonly filesPerPeer: number;
  readonly renewEveryMs: number;
  /** Requests in flight. */
  readonly atOnce: number;
}

/** How many of each; the oldest leave and die, and what others have changes. */
export interface CrowdOrder {
  readonly join?: number;
  readonly leave?: number;
  readonly die?: number;
  readonly change?: number;
}

export type CrowdNews =
  /** Left, died, or was forgotten by the central; it may be offered to who asks until then. */
  | { readonly type: 'gone'; readonly index: number; readonly untilMs: number; readonly wasForgotten: boolean }
  | { readonly type: 'done'; readonly everJoined: number };

const TRIES_AT_ONCE = 16;
const REQUEST_PATIENCE_MS = 30_000;
const ANSWER_MAX_BYTES = 1_000_000;

/** Thousands of peers of one central, in a process of their own, and what is known of those that are gone. */
export class PeerCrowd implements Disposable {
  readonly #plan: CrowdPlan;
  readonly #process: ChildProcess;
  /** Until when who is gone may be offered, by its address without port. */
  readonly #offeredUntilMs = new Map<string, number>();
  #everJoined = 0;
  #forgotten = 0;
  #onDone: () => void = () => undefined;
  #onEnd: (reason: Error) => void = () => undefined;

  constructor(plan: CrowdPlan) {
    this.#plan = plan;
    this.#process = fork(new URL('programs/simulated-peers.js', import.meta.url), [JSON.stringify(plan)]);
    this.#process.once('exit', () => this.#onEnd(new Error('the crowd of peers ended')));
    this.#process.on('message', (news: CrowdNews) => this.#hear(news));
  }

  /** Those whose leases ran out while they lived, because the crowd or the central was too slow. */
  get forgotten(): number {
    return this.#forgotten;
  }

  get everJoined(): number {
    return this.#everJoined;
  }

  get living(): number {
    return this.#everJoined - this.#offeredUntilMs.size;
  }

  /** Resolves when it is done; rejects when the crowd ended. One at a time. */
  order(order: CrowdOrder): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onDone = resolve;
      this.#onEnd = reject;
      this.#process.send(order);
    });
  }

  /** How many of the addresses, found when it was asked then, should not have been. */
  deadAmong(addresses: readonly string[], askedAtMs: number): number {
    return addresses.filter(address => askedAtMs > (this.#offeredUntilMs.get(hostOf(address)) ?? Infinity)).length;
  }

  /** Asks for what each peer had that ever joined, and for all that several had. Who was found, and how often somebody who should not have been. */
  async searchAll(): Promise<{ readonly found: ReadonlySet<string>; readonly deadOffered: number }> {
    const agent = new Agent({ keepAlive: true });
    const names = namesToTry(this.#everJoined);
    const found = new Set<string>();
    let deadOffered = 0;
    const searchOn = async () => {
      for (const name of names) {
        const askedAtMs = sharedNowMs();
        const holders = await holdersOf(this.#plan.centralUrl, name, agent);
        for (const address of holders) found.add(address);
        deadOffered += this.deadAmong(holders, askedAtMs);
      }
    };
    await Promise.all(Array.from({ length: TRIES_AT_ONCE }, searchOn));
    agent.destroy();
    return { found, deadOffered };
  }

  #hear(news: CrowdNews): void {
    switch (news.type) {
      case 'gone':
        this.#offeredUntilMs.set(addressOf(news.index), news.untilMs);
        if (news.wasForgotten) this.#forgotten += 1;
        return;
      case 'done':
        this.#everJoined = news.everJoined;
        return this.#onDone();
      default:
        news satisfies never;
    }
  }

  [Symbol.dispose](): void {
    this.#process.kill('SIGKILL');
  }
}

/** Addresses of who has a file, as the central says. */
export async function holdersOf(centralUrl: string, name: string, agent: Agent): Promise<readonly string[]> {
  const url = new URL(`/peers?name=${encodeURIComponent(name)}`, centralUrl);
  const { status, body } = await requestJson({ url, method: 'GET', agent, timeoutMs: REQUEST_PATIENCE_MS, maxBytes: ANSWER_MAX_BYTES });
  if (status !== 200) throw new Error(`a search: ${status} ${JSON.stringify(body)}`);
  return (body as { readonly peers: readonly { readonly address: string }[] }).peers.map(({ address }) => address);
}

function hostOf(address: string): string {
  return address.split(':')[0]!;
}
