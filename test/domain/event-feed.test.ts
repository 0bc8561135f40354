import test from 'ava';
import { messagesIn } from '../../lib/base/messages/index.ts';
import { EventFeed, type ToldEvent } from '../../lib/domain/event-feed.ts';

const feedOf = (fields: Partial<ConstructorParameters<typeof EventFeed>[0]> = {}) => new EventFeed({ runId: 'run', keptMax: 3, listenersMax: 2, date: () => 7, ...fields });
const tell = (feed: EventFeed, ...names: readonly string[]) => names.forEach(name => feed.log.info('video.removed', { name }));
const sentences = (events: readonly ToldEvent[]) => events.map(({ sentence }) => sentence(messagesIn('en')).slice(1, 2));

test('an event is told to who listens, in the language of each', t => {
  const feed = feedOf();
  const heard: ToldEvent[] = [];
  feed.listen(event => heard.push(event));
  feed.log.warn('node.suspected', { number: 2, silentMs: 6000 });
  t.like(heard, [{ id: 'run-1', atMs: 7, level: 'warn', event: 'node.suspected' }]);
  t.is(heard[0]!.sentence(messagesIn('es')), 'Secundario 2 lleva 6 s en silencio.');
  t.is(heard[0]!.sentence(messagesIn('en')), 'Secondary 2 has been silent for 6 s.');
});

test('what is told to who debugs is not kept', t => {
  const feed = feedOf();
  feed.log.debug('ticket.waiting', { client: 'ana', name: 'faro.mp4', position: 1 });
  t.deepEqual(feed.since(undefined), []);
});

test('the last are kept; who knows some of them gets the rest, and who knows none, or those of another run, gets all', t => {
  const feed = feedOf();
  tell(feed, 'a', 'b', 'c', 'd');
  t.deepEqual(sentences(feed.since(undefined)), ['b', 'c', 'd']);
  t.deepEqual(sentences(feed.since('run-3')), ['d']);
  t.deepEqual(sentences(feed.since('run-4')), []);
  t.deepEqual(sentences(feed.since('run-1')), ['b', 'c', 'd']);
  t.deepEqual(sentences(feed.since('another-4')), ['b', 'c', 'd']);
});

test('no more listen than may, and a place that is left is free', t => {
  const feed = feedOf();
  const heard: string[] = [];
  const [first] = ['first', 'second'].map(name => feed.listen(() => heard.push(name)));
  t.like(t.throws(() => feed.listen(() => undefined)), { code: 'listeners_full', facts: { listening: 2 } });
  first![Symbol.dispose]();
  feed.listen(() => heard.push('third'));
  tell(feed, 'a');
  t.deepEqual(heard, ['second', 'third']);
});
