import { VideoError } from '../base/errors.ts';

/** What was registered under one key of a topic, as one line: how often, their sum, the extremes and the last. */
export interface TopicEntry {
  readonly key: string;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly last: number;
  /** Since 1970. */
  readonly lastAtMs: number;
}

export interface Topic {
  readonly topic: string;
  /** In the order in which keys first came. */
  readonly entries: readonly TopicEntry[];
}

export interface RegisteredNumber {
  readonly key: string;
  readonly value: number;
}

export interface TopicLimits {
  readonly topicsMax: number;
  readonly keysPerTopicMax: number;
}

/** Numbers that anybody registers under a topic and a key, and asks for later. */
export class Topics {
  readonly #limits: TopicLimits;
  readonly #topics: Map<string, Map<string, TopicEntry>>;

  constructor(limits: TopicLimits, saved: readonly Topic[] = []) {
    this.#limits = limits;
    this.#topics = new Map(saved.map(({ topic, entries }) => [topic, new Map(entries.map(entry => [entry.key, entry]))]));
  }

  get all(): readonly Topic[] {
    return [...this.#topics].map(([topic, entries]) => ({ topic, entries: [...entries.values()] }));
  }

  /**
   * All of the numbers, or none.
   *
   * @throws VideoError `topics_full`
   */
  register(topic: string, numbers: readonly RegisteredNumber[], dateMs: number): Topic {
    const { topicsMax, keysPerTopicMax } = this.#limits;
    const known = this.#topics.get(topic);
    if (!known && this.#topics.size >= topicsMax) throw new VideoError('topics_full', { what: 'topics', max: topicsMax });
    const entries = new Map(known);
    for (const { key, value } of numbers) entries.set(key, withNumber(entries.get(key), key, value, dateMs));
    if (entries.size > keysPerTopicMax) throw new VideoError('topics_full', { what: 'keys', max: keysPerTopicMax });
    this.#topics.set(topic, entries);
    return { topic, entries: [...entries.values()] };
  }

  /** @throws VideoError `not_found` */
  get(topic: string): Topic {
    const entries = this.#topics.get(topic);
    if (!entries) throw new VideoError('not_found', { what: 'topic' });
    return { topic, entries: [...entries.values()] };
  }

  /**
   * Forgets the topic; returns what it was.
   *
   * @throws VideoError `not_found`
   */
  reset(topic: string): Topic {
    const forgotten = this.get(topic);
    this.#topics.delete(topic);
    return forgotten;
  }
}

function withNumber(entry: TopicEntry | undefined, key: string, value: number, lastAtMs: number): TopicEntry {
  if (!entry) return { key, count: 1, sum: value, min: value, max: value, last: value, lastAtMs };
  const { count, sum, min, max } = entry;
  return { key, count: count + 1, sum: sum + value, min: Math.min(min, value), max: Math.max(max, value), last: value, lastAtMs };
}
