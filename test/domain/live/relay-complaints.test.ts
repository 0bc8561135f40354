import test from 'ava';
import { Complaints } from '../../../lib/domain/live/relay-complaints.ts';

const REST_MS = 1000;

test('one alone may be wrong: he is not sent there again, and others still are', t => {
  const complaints = new Complaints(REST_MS);
  complaints.add('bad', 'a', 'late', 0);
  t.true(complaints.hasComplained('bad', 'a', 1));
  t.false(complaints.hasComplained('bad', 'b', 1));
  t.false(complaints.isAvoided('bad', 1));
});

test('whom two blame rests, and twice as long the next time', t => {
  const complaints = new Complaints(REST_MS);
  for (const by of ['a', 'b']) complaints.add('bad', by, 'silent', 0);
  t.true(complaints.isAvoided('bad', REST_MS - 1));
  t.false(complaints.isAvoided('bad', REST_MS));
  t.false(complaints.hasComplained('bad', 'a', REST_MS));
  for (const by of ['a', 'b']) complaints.add('bad', by, 'silent', REST_MS);
  t.true(complaints.isAvoided('bad', REST_MS + 2 * REST_MS - 1));
  t.false(complaints.isAvoided('bad', REST_MS + 2 * REST_MS));
});

test('who alters what he relays is not forgiven, until he goes', t => {
  const complaints = new Complaints(REST_MS);
  for (const by of ['a', 'b']) complaints.add('liar', by, 'corrupt', 0);
  t.true(complaints.isAvoided('liar', 1e9));
  complaints.forget('liar');
  t.false(complaints.isAvoided('liar', 1e9));
});

test('nobody is to blame for having no room', t => {
  const complaints = new Complaints(REST_MS);
  for (const by of ['a', 'b', 'c']) complaints.add('full', by, 'refused', 0);
  t.false(complaints.isAvoided('full', 1));
  t.true(complaints.hasComplained('full', 'a', 1));
});

test('who complains of everybody has a slow line himself, and counts no more', t => {
  const complaints = new Complaints(REST_MS);
  for (const about of ['a', 'b', 'c', 'd']) complaints.add(about, 'slow', 'late', 0);
  complaints.add('a', 'other', 'late', 0);
  t.false(complaints.isAvoided('a', 1));
  complaints.add('a', 'third', 'late', 0);
  t.true(complaints.isAvoided('a', 1));
});
