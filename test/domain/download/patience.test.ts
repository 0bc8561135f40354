import test from 'ava';
import { Patience } from '../../../lib/domain/download/patience.ts';

test('bytes of a source that did not fail are useful', t => {
  const patience = new Patience(60, 0);
  t.is(patience.endsAtMs, 60);
  patience.bytesArrived('a', 1, 10);
  t.is(patience.endsAtMs, 70);
});

test('a slow source lives on after a hiccup, long before its next part is whole', t => {
  const patience = new Patience(60, 0);
  patience.bytesArrived('a', 100, 10);
  patience.sourceFailed('a');
  for (let nowMs = 20; nowMs <= 1000; nowMs += 10) patience.bytesArrived('a', 1, nowMs);
  t.is(patience.endsAtMs, 1060);
});

test('a source that is always cut at the same place does not renew patience', t => {
  const patience = new Patience(60, 0);
  for (let nowMs = 10; nowMs <= 1000; nowMs += 10) {
    patience.bytesArrived('a', 100, nowMs);
    patience.sourceFailed('a');
  }
  t.is(patience.endsAtMs, 80, 'the first time, and when it came back');
  patience.bytesArrived('a', 101, 1010);
  t.is(patience.endsAtMs, 1070, 'further than ever');
});

test('who gave a right part is trusted again, and others are not judged by it', t => {
  const patience = new Patience(60, 0);
  patience.bytesArrived('a', 100, 10);
  patience.sourceFailed('a');
  patience.bytesArrived('a', 50, 20);
  patience.sourceFailed('a');
  patience.bytesArrived('b', 1, 30);
  t.is(patience.endsAtMs, 90);
  patience.bytesArrived('a', 50, 40);
  t.is(patience.endsAtMs, 90);
  patience.partWasRight('a', 50);
  patience.bytesArrived('a', 1, 60);
  t.is(patience.endsAtMs, 120);
});
