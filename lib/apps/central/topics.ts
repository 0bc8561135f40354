import type { RegisteredNumber, Topic, TopicEntry } from '../../domain/topics.ts';

/** What came in one request: a single number or several. */
interface Registration {
  readonly key?: string | undefined;
  readonly value?: number | undefined;
  readonly numbers?: readonly RegisteredNumber[] | undefined;
}

export function numbersOf({ key, value, numbers }: Registration): readonly RegisteredNumber[] {
  return numbers ?? [{ key: key!, value: value! }];
}

export function shownTopic({ topic, entries }: Topic): { topic: string; entries: TopicEntry[] } {
  return { topic, entries: [...entries] };
}

export function listedTopics(topics: readonly Topic[]): { topic: string; keys: number; lastAtMs: number }[] {
  return topics.map(({ topic, entries }) => ({ topic, keys: entries.length, lastAtMs: Math.max(0, ...entries.map(({ lastAtMs }) => lastAtMs)) }));
}
