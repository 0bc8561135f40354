import test from 'ava';
import { Topics } from '../../lib/domain/topics.ts';

const few = { topicsMax: 2, keysPerTopicMax: 2 };

test('of each key there is how often numbers came, their sum, the extremes and the last', t => {
  const topics = new Topics(few);
  topics.register('sala', [{ key: 'grados', value: 21.5 }, { key: 'grados', value: -3 }], 1000);
  const { entries } = topics.register('sala', [{ key: 'grados', value: 4 }, { key: 'luz', value: 0 }], 2000);
  t.deepEqual(entries, [
    { key: 'grados', count: 3, sum: 22.5, min: -3, max: 21.5, last: 4, lastAtMs: 2000 },
    { key: 'luz', count: 1, sum: 0, min: 0, max: 0, last: 0, lastAtMs: 2000 },
  ]);
  t.deepEqual(topics.get('sala').entries, entries);
});

test('a topic that was reset is gone, and begins anew', t => {
  const topics = new Topics(few);
  topics.register('sala', [{ key: 'luz', value: 7 }], 1);
  t.is(topics.reset('sala').entries[0]!.sum, 7);
  t.throws(() => topics.get('sala'), { code: 'not_found' });
  t.throws(() => topics.reset('sala'), { code: 'not_found' });
  t.is(topics.register('sala', [{ key: 'luz', value: 1 }], 2).entries[0]!.sum, 1);
});

test('there is an end to topics and to keys, and what does not fit changes nothing', t => {
  const topics = new Topics(few);
  topics.register('a', [{ key: 'x', value: 1 }], 1);
  topics.register('b', [{ key: 'x', value: 1 }], 1);
  t.like(t.throws(() => topics.register('c', [{ key: 'x', value: 1 }], 1)), { code: 'topics_full', facts: { what: 'topics', max: 2 } });
  const before = topics.get('a');
  const three = [{ key: 'x', value: 1 }, { key: 'y', value: 1 }, { key: 'z', value: 1 }];
  t.like(t.throws(() => topics.register('a', three, 2)), { code: 'topics_full', facts: { what: 'keys', max: 2 } });
  t.deepEqual(topics.get('a'), before);
});

test('any name is a name, and what was saved is there again', t => {
  const topics = new Topics(few);
  topics.register('__proto__', [{ key: 'constructor', value: 2 }], 1);
  const again = new Topics(few, JSON.parse(JSON.stringify(topics.all)));
  t.is(again.register('__proto__', [{ key: 'constructor', value: 3 }], 2).entries[0]!.sum, 5);
  t.deepEqual(again.all.map(({ topic }) => topic), ['__proto__']);
});
