import test from 'ava';
import { Returns } from '../../lib/domain/returns.ts';

const returning = (files: Readonly<Record<string, readonly number[]>>) => new Map(Object.entries(files));

test('each node is waited for from when it was first told of, and no longer than the patience', t => {
  const returns = new Returns(30);
  t.deepEqual(returns.of('film', 0), []);
  returns.note(returning({ film: [1] }), 0);
  returns.note(returning({ film: [1, 2], other: [3] }), 20);
  t.deepEqual([returns.of('film', 29), returns.of('other', 29)], [[1, 2], [3]]);
  t.deepEqual([returns.of('film', 30), returns.of('other', 30)], [[2], [3]], 'the first takes too long');
  returns.note(returning({ film: [1, 2] }), 40);
  t.deepEqual([returns.of('film', 40), returns.of('film', 50), returns.of('other', 40)], [[2], [], []]);
});

test('a node that brought it back is waited for anew when it is to do so another time', t => {
  const returns = new Returns(30);
  returns.note(returning({ film: [1] }), 0);
  returns.note(returning({}), 10);
  returns.note(returning({ film: [1] }), 40);
  t.deepEqual(returns.of('film', 69), [1]);
});
