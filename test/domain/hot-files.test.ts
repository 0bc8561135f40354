import test from 'ava';
import { extraReplicas, HotFiles } from '../../lib/domain/hot-files.ts';

const settings = { windowMs: 100, downloads: 3, extraMax: 2 };

test('each so many downloads are worth one more replica, up to a limit', t => {
  t.deepEqual([0, 2, 3, 5, 6, 9, 1000].map(downloads => extraReplicas(downloads, settings)), [0, 0, 1, 1, 2, 2, 2]);
});

test('a file is hot for as long as its downloads and one window more', t => {
  const files = new HotFiles(settings, 0);
  for (const nowMs of [10, 20, 30]) files.note('film', nowMs);
  files.note('other', 40);
  t.is(files.extraFor('film', 40), 1);
  t.deepEqual(files.hottest(10, 40), ['film']);
  t.is(files.extraFor('film', 199), 1, 'the window after');
  t.is(files.extraFor('film', 200), 0);
  t.deepEqual(files.hottest(10, 200), []);
});

test('a long silence leaves nothing of what was', t => {
  const files = new HotFiles(settings, 0);
  for (let count = 0; count < 6; count += 1) files.note('film', 50);
  t.is(files.extraFor('film', 60), 2);
  t.is(files.extraFor('film', 1000), 0);
  files.note('film', 1010);
  t.is(files.extraFor('film', 1010), 0);
});
