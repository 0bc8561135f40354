import test from 'ava';
import { relayTimes } from '../../../lib/domain/live/relay-times.ts';
import { TreeBranch } from '../../../lib/domain/live/tree-branch.ts';

const [a, b, c] = [{ id: 'a' }, { id: 'b' }, { id: 'c' }] as const;

/** A branch of tree 1, and what was said: `to type`. */
function open() {
  const said: string[] = [];
  const branch = new TreeBranch(1, {
    tell: ({ id }, { type }) => void said.push(`${id} ${type}`),
    tellRoot: message => void said.push(message.type === 'lost' ? `root lost ${message.parent} ${message.why} now ${message.now}` : `root ${message.type}`),
    firstMissing: () => 7,
    children: () => 0,
  });
  return { branch, said };
}

test('the parent before goes on until the next one gives', t => {
  const { branch, said } = open();
  branch.assign(a, [], 0);
  branch.assign(b, [], 0);
  t.is(branch.parent, a);
  t.true(branch.takesFrom('b'));
  branch.subscribed('b');
  t.is(branch.parent, b);
  t.deepEqual(said, ['a subscribe', 'b subscribe', 'a unsubscribe']);
});

test('a backup takes the place of a parent that is lost, and the root is told', t => {
  const { branch, said } = open();
  branch.assign(a, [b, c], 0);
  branch.lost('a', 'closed', 1);
  t.is(branch.parent, b);
  t.deepEqual(branch.backups, [c]);
  t.deepEqual(said, ['a subscribe', 'b subscribe', 'root lost a closed now b']);
});

test('when the next one is lost, the parent before stays', t => {
  const { branch, said } = open();
  branch.assign(a, [], 0);
  branch.assign(b, [], 0);
  branch.lost('b', 'refused', 1);
  t.is(branch.parent, a);
  t.deepEqual(said.slice(2), ['root lost b refused now a']);
});

test('without a new parent, the one before goes on', t => {
  const { branch } = open();
  branch.assign(a, [], 0);
  branch.assign(undefined, [], 0);
  t.is(branch.parent, a);
});

test('who said nothing for long is silent, unless this machine slept', t => {
  const { branch } = open();
  branch.assign(a, [], 0);
  branch.heard('a', 1000);
  t.deepEqual(branch.silent(1000 + relayTimes.silentMs, relayTimes.silentMs), []);
  t.deepEqual(branch.silent(1001 + relayTimes.silentMs, relayTimes.silentMs), ['a']);
  branch.slept(60_000);
  t.deepEqual(branch.silent(60_001, relayTimes.silentMs), []);
});
