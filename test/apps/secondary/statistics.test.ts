import test from 'ava';
import { ServiceBook } from '../../../lib/apps/secondary/statistics.ts';
import { isSecondaryStatistics } from '../../../lib/domain/statistics-guards.ts';

function bookAt(saved?: ServiceBook['statistics']) {
  const time = { nowMs: 0 };
  const clock = { now: () => time.nowMs, date: () => time.nowMs, sleep: async () => undefined };
  return { time, book: new ServiceBook(3, saved, clock) };
}

const service = { isCopy: false, name: 'film', remoteAddress: '10.0.0.1', bytes: 100 };

test('many ranges of one client are one download, and every request counts', t => {
  const { book, time } = bookAt();
  for (const atMs of [0, 10_000, 39_999]) {
    time.nowMs = atMs;
    book.noteServed(service);
  }
  book.noteServed({ ...service, remoteAddress: '10.0.0.2' });
  t.deepEqual(book.statistics.videos, { film: 2 });
  t.deepEqual(book.statistics.clientes, { '10.0.0.1': 1, '10.0.0.2': 1 });
  t.like(book.statistics.totals, { requests: 4, servedBytes: 400 });
});

test('an answer that takes minutes is one download', t => {
  const { book, time } = bookAt();
  for (time.nowMs = 0; time.nowMs < 600_000; time.nowMs += 2000) book.noteServing(service);
  book.noteServed(service);
  t.deepEqual(book.statistics.videos, { film: 1 });
});

test('a download is being served, and then was served', t => {
  const { book, time } = bookAt();
  book.noteServed(service);
  t.deepEqual([book.serving, book.served], [{ film: 1 }, {}]);
  time.nowMs = 5000;
  t.deepEqual([book.serving, book.served], [{}, { film: 1 }]);
});

test('counts go on from what was saved', t => {
  const { book } = bookAt();
  book.noteServed(service);
  book.noteCopied(50);
  book.noteCopyFailed();
  const saved: unknown = JSON.parse(JSON.stringify(book.statistics));
  t.true(isSecondaryStatistics(saved));
  const later = bookAt(saved as ServiceBook['statistics']).book;
  later.noteServed(service);
  t.deepEqual(later.statistics.videos, { film: 2 });
  t.deepEqual(later.statistics.totals, { requests: 2, servedBytes: 200, copies: 1, copiedBytes: 50, failedCopies: 1 });
});

test('a video may be called as anything', t => {
  const { book } = bookAt();
  book.noteServed({ ...service, name: 'constructor' });
  book.noteServed({ ...service, name: '__proto__' });
  t.is(Object.getOwnPropertyDescriptor(book.statistics.videos, 'constructor')?.value, 1);
  t.is(Object.getOwnPropertyDescriptor(book.statistics.videos, '__proto__')?.value, 1);
});

test('the copies of other secondaries are no downloads, and their bytes are served all the same', t => {
  const { book } = bookAt();
  book.noteServing({ ...service, isCopy: true });
  book.noteServed({ ...service, isCopy: true });
  t.like(book.statistics, { clientes: {}, videos: {}, totals: { requests: 1, servedBytes: service.bytes } });
  t.deepEqual(book.serving, {});
});
