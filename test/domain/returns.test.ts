import test from 'ava';
import { Returns } from '../../lib/domain/returns.ts';

const returning = (files: Readonly<Record<string, readonly number[]>>) => new Map(Object.entries(files));

test('a node is late when it was first told of longer ago than the patience', t => {
  const returns = new Returns(30);
  const told = (id: string, nowMs: number) => returns.of(id, nowMs).map(({ node, isLate }) => (isLate ? `${node} late` : `${node}`));
  t.deepEqual(told('film', 0), []);
  returns.note(returning({ film: [1] }), 0);
  returns.note(returning({ film: [1, 2], other: [3] }), 20);
  t.deepEqual([told('film', 29), told('other', 29)], [['1', '2'], ['3']]);
  t.deepEqual([told('film', 30), told('other', 30)], [['1 late', '2'], ['3']]);
  returns.note(returning({ film: [1, 2] }), 40);
  t.deepEqual([told('film', 50), told('other', 50)], [['1 late', '2 late'], []]);
  returns.note(returning({}), 60);
  returns.note(returning({ film: [1] }), 70);
  t.deepEqual(told('film', 99), ['1'], 'it brought it back, and is to do so another time');
});
