import test from 'ava';
import { PeerComplaints } from '../../lib/domain/peer-complaints.ts';

const SETTINGS = { quietMs: 30, gapMs: 5, secondLookMs: 6, waitingMax: 3 };
const one = { address: '10.0.0.1:1', name: 'a.mp4' };

test('a peer is looked at once at a time, and seldom', t => {
  const complaints = new PeerComplaints(SETTINGS);
  t.true(complaints.note({ ...one, part: 1 }, 0));
  t.true(complaints.note({ ...one, name: 'b.mp4' }, 0));
  const look = complaints.take(0)!;
  t.deepEqual(look, { ...one, part: 1, isSecond: false });
  t.is(complaints.take(0), undefined, 'the other name has to wait');
  complaints.ended(look, 10);
  t.is(complaints.take(14), undefined, 'a moment longer');
  t.like(complaints.take(15), { name: 'b.mp4' });
  t.is(complaints.take(15), undefined);
});

test('what comes too early waits, and the last one says which part', t => {
  const complaints = new PeerComplaints(SETTINGS);
  complaints.note(one, 0);
  complaints.ended(complaints.take(0)!, 1);
  for (const part of [3, 4, undefined]) t.true(complaints.note({ ...one, part }, 2));
  t.is(complaints.take(30), undefined);
  t.deepEqual(complaints.take(31), { ...one, part: 4, isSecond: false });
});

test('others do not wait for a peer that rests', t => {
  const complaints = new PeerComplaints(SETTINGS);
  complaints.note(one, 0);
  complaints.ended(complaints.take(0)!, 1);
  complaints.note(one, 2);
  complaints.note({ address: '[::1]:1', name: 'a.mp4' }, 2);
  t.like(complaints.take(2), { address: '[::1]:1' });
});

test('a second look comes when it is due, whatever is complained of meanwhile', t => {
  const complaints = new PeerComplaints(SETTINGS);
  complaints.note({ ...one, part: 1 }, 0);
  const look = complaints.take(0)!;
  complaints.ended(look, 1);
  complaints.lookAgain(look, 1);
  complaints.note(one, 2);
  t.is(complaints.take(6), undefined);
  t.deepEqual(complaints.take(7), { ...one, part: 1, isSecond: true });
  t.is(complaints.take(100), undefined);
});

test('no more wait than may', t => {
  const complaints = new PeerComplaints(SETTINGS);
  const noted = ['a', 'b', 'c', 'd', 'a'].map(name => complaints.note({ ...one, name }, 0));
  t.deepEqual(noted, [true, true, true, false, true]);
});
