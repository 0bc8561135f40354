import { VideoError } from '../base/errors.ts';
import { createLog, type Log, type LogLevel } from '../base/log.ts';
import type { Messages } from '../base/messages/index.ts';
import { eventSentence } from '../base/messages/sentence.ts';
import type { EventName } from '../base/events.ts';

export interface ToldEvent {
  /** Of this feed and no other: those of an earlier run mean nothing here. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly level: LogLevel;
  readonly event: EventName;
  /** In the words of whoever reads it. */
  readonly sentence: (messages: Messages) => string;
}

export interface EventFeedOptions {
  /** Another one for each run. */
  readonly runId: string;
  readonly keptMax: number;
  readonly listenersMax: number;
  /** Milliseconds since 1970. */
  readonly date: () => number;
}

type Listener = (event: ToldEvent) => void;

/** The last events that a program told, and those that follow, for whoever listens. */
export class EventFeed {
  /** Where they come from: level info and above. */
  readonly log: Log;
  readonly #options: EventFeedOptions;
  readonly #listeners = new Set<Listener>();
  #kept: readonly ToldEvent[] = [];
  #told = 0;

  constructor(options: EventFeedOptions) {
    this.#options = options;
    this.log = createLog((level, event, fields) => this.#tell(level, event, messages => eventSentence(messages, event, fields)));
  }

  get listening(): number {
    return this.#listeners.size;
  }

  /** Those kept that came after the one of that id; all of them when it is not among them. */
  since(id: string | undefined): readonly ToldEvent[] {
    // Not found is -1, and all of them come after that.
    return this.#kept.slice(this.#kept.findIndex(event => event.id === id) + 1);
  }

  /**
   * Tells each event from now on, until it is disposed of. The listener must be quick and must not throw.
   *
   * @throws VideoError `listeners_full`
   */
  listen(onEvent: Listener): Disposable {
    const { size } = this.#listeners;
    if (size >= this.#options.listenersMax) throw new VideoError('listeners_full', { listening: size });
    // The same function may listen twice.
    const listener: Listener = event => onEvent(event);
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  #tell(level: LogLevel, event: EventName, sentence: ToldEvent['sentence']): void {
    const { runId, keptMax, date } = this.#options;
    this.#told += 1;
    const told = { id: `${runId}-${this.#told}`, atMs: date(), level, event, sentence };
    this.#kept = [...this.#kept, told].slice(-keptMax);
    for (const listener of this.#listeners) listener(told);
  }
}
