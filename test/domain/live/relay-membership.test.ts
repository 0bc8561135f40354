import test from 'ava';
import { RelayMembership } from '../../../lib/domain/live/relay-membership.ts';
import { relayTimes } from '../../../lib/domain/live/relay-times.ts';

const given = { sent: 5, slots: 6 };

/** A member that promises eight slices, and what it told the root. */
function open() {
  const told: string[] = [];
  const membership = new RelayMembership(
    { root: { id: 'root' }, slots: 8, listenPort: 40 },
    { port: { send: ({ id }, message) => void told.push(`${id} ${JSON.stringify(message)}`), waitingBytes: () => 0, close: () => undefined }, random: () => 1 },
  );
  return { membership, told };
}

test('it joins with what it promised, and reports what it gave and can give', t => {
  const { membership, told } = open();
  membership.tick(given, 0);
  membership.welcomed(100);
  membership.tick(given, 100);
  membership.tick(given, 100 + relayTimes.reportEveryMs);
  t.deepEqual(told, ['root {"type":"join","slots":8,"port":40}', 'root {"type":"report","sent":5,"slots":6}']);
});

test('it tells the root nothing before it was taken in', t => {
  const { membership, told } = open();
  membership.tell({ type: 'lost', tree: 0, parent: 'a', why: 'silent' });
  membership.leave(0);
  t.deepEqual(told, []);
});

test('it joins again later each time, up to the longest', t => {
  const { membership, told } = open();
  const waits = Array.from({ length: 7 }, () => {
    const joins = told.length;
    let waitedMs = 0;
    for (membership.closed(0); told.length === joins; waitedMs += 100) membership.tick(given, waitedMs);
    return waitedMs - 100;
  });
  t.deepEqual(waits, [300, 300, 600, 1200, 2400, 4800, 5000]);
});

test('a root is away when nothing that it made comes, or when only its connection is dead for long', t => {
  const { membership } = open();
  t.false(membership.isAway(1e9));
  membership.answered(0);
  membership.welcomed(0);
  t.false(membership.isAway(relayTimes.awayMs));
  t.true(membership.isAway(relayTimes.awayMs + 1));
  membership.heard(relayTimes.unansweredMs);
  t.false(membership.isAway(relayTimes.unansweredMs));
  membership.heard(relayTimes.unansweredMs + 1);
  t.true(membership.isAway(relayTimes.unansweredMs + 1));
});

test('who leaves goes when nobody takes from it, when the root is gone, or after a while, and does not join again', t => {
  const { membership, told } = open();
  membership.welcomed(0);
  t.false(membership.mayGo(0, 0));
  membership.leave(0);
  membership.leave(1);
  t.deepEqual(told, ['root {"type":"leave"}']);
  t.false(membership.mayGo(1, 1));
  t.true(membership.mayGo(0, 1));
  t.true(membership.mayGo(1, relayTimes.leavingMs));
  membership.closed(1);
  t.true(membership.mayGo(1, 1));
  membership.tick(given, 1e9);
  t.is(told.length, 1);
});
