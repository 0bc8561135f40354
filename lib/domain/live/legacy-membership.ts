import { backoffMs, type BackoffSettings } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import { Doorbell } from '../../base/doorbell.ts';
import type { Random } from '../../base/random.ts';

/** `silent`: the server was reached, and gives no answer or no block. */
export type LegacyState = 'asking' | 'accepted' | 'full' | 'silent' | 'unreachable';

export interface LegacyTiming {
  /** How long to wait for the answer to a request to join. */
  readonly answerMs: number;
  /** Without a block for so long, the server may have forgotten us. */
  readonly silentMs: number;
  /** Between requests to join while no block comes. */
  readonly retry: BackoffSettings;
}

export interface MembershipOptions {
  /** Asks to join; rejects when the server cannot be reached. The answer comes by another way. */
  readonly ask: (signal: AbortSignal) => Promise<void>;
  readonly onState: (state: LegacyState) => void;
  readonly timing: LegacyTiming;
  readonly clock: Clock;
  readonly random: Random;
}

/** Asks for a place at a server until there is one, and again when no block comes: at once, then with back-off. */
export class LegacyMembership implements AsyncDisposable {
  readonly #options: MembershipOptions;
  readonly #bell: Doorbell;
  readonly #ending = new AbortController();
  #running = Promise.resolve();
  #state: LegacyState = 'asking';
  #isAnswered = false;
  #isUrgent = false;
  /** Since the last block. */
  #attempts = 0;
  #heardAtMs = 0;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#bell = new Doorbell(options.clock);
  }

  get state(): LegacyState {
    return this.#state;
  }

  start(): void {
    this.#running = this.#run();
  }

  answered(answer: 'accepted' | 'full'): void {
    this.#isAnswered = true;
    this.#heardAtMs = this.#options.clock.now();
    this.#become(answer);
  }

  /** A block came, which only those who are in get. False when it is not wanted any more. */
  heard(): boolean {
    if (this.#ending.signal.aborted) return false;
    this.#attempts = 0;
    this.answered('accepted');
    return true;
  }

  askNow(): void {
    if (this.#state === 'accepted') return;
    this.#isUrgent = true;
    this.#bell.ring();
  }

  /** Asks no more; it may be called twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { timing, random } = this.#options;
    try {
      for (;;) {
        await this.#untilSilent();
        if (this.#attempts > 0) await this.#until(() => this.#isUrgent || this.#state === 'accepted', backoffMs(this.#attempts, timing.retry, random));
        this.#isUrgent = false;
        if (this.#state === 'accepted') continue;
        this.#attempts += 1;
        await this.#ask();
      }
    } catch (error) {
      if (!this.#ending.signal.aborted) throw error;
    }
  }

  async #untilSilent(): Promise<void> {
    const { timing, clock } = this.#options;
    while (this.#state === 'accepted') {
      const leftMs = this.#heardAtMs + timing.silentMs - clock.now();
      if (leftMs <= 0) this.#become('silent');
      else await this.#until(() => this.#state !== 'accepted', leftMs);
    }
  }

  async #ask(): Promise<void> {
    const { ask, timing } = this.#options;
    const asking = new AbortController();
    let isReached = true;
    this.#isAnswered = false;
    const asked = ask(AbortSignal.any([this.#ending.signal, asking.signal])).catch(() => {
      isReached = false;
      this.#bell.ring();
    });
    try {
      await this.#until(() => this.#isAnswered || !isReached, timing.answerMs);
      if (!this.#isAnswered) this.#become(isReached ? 'silent' : 'unreachable');
    } finally {
      asking.abort();
      await asked;
    }
  }

  /** Who rings may mean something else: sleeps again until it is over. */
  async #until(isOver: () => boolean, ms: number): Promise<void> {
    const { clock } = this.#options;
    const endMs = clock.now() + ms;
    for (let leftMs = ms; !isOver() && leftMs > 0; leftMs = endMs - clock.now()) await this.#bell.sleep(leftMs, { signal: this.#ending.signal });
    this.#ending.signal.throwIfAborted();
  }

  #become(state: LegacyState): void {
    const isNew = state !== this.#state && !this.#ending.signal.aborted;
    this.#state = state;
    this.#bell.ring();
    if (isNew) this.#options.onState(state);
  }
}
