import test from 'ava';
import type { Video } from '../../lib/domain/catalog.ts';
import { missingCopies, orderOfDanger, shortagesIn, type Census } from '../../lib/domain/repair-plan.ts';
import { countReplicas } from '../../lib/domain/replica-census.ts';

const videoOf = (name: string, nodes: readonly number[]): Video => ({ name, id: `id of ${name}`, sizeBytes: 1, addedAtMs: 0, nodes });
const census = (fields: Partial<Census> = {}): Census => ({ replicas: 3, extraFor: () => 0, returnsOf: () => [], living: [1, 2, 3, 4], counted: [1, 2, 3, 4], ...fields });

test('copies are missing up to the replicas that are wanted, or the nodes that there are', t => {
  t.deepEqual([[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]].map(nodes => missingCopies(videoOf('film', nodes), census())), [3, 2, 1, 0, 0]);
  t.is(missingCopies(videoOf('film', [1]), census({ living: [1, 2], counted: [1, 2] })), 1);
  t.is(missingCopies(videoOf('film', [9]), census()), 3, 'a node that does not count');
});

test('what a node that may be back holds counts, unless only one living copy is left', t => {
  const away = census({ living: [1, 2], counted: [1, 2, 3, 4] });
  t.is(missingCopies(videoOf('film', [1, 2, 3]), away), 0);
  t.is(missingCopies(videoOf('film', [1, 3, 4]), away), 1, 'at once');
  t.is(missingCopies(videoOf('film', [1, 3]), away), 1);
  t.is(missingCopies(videoOf('film', [3]), census({ living: [], counted: [3, 4] })), 0, 'nobody is there');
});

test('what comes back from a trash is as good as a copy, where its node counts', t => {
  const restored = census({ returnsOf: id => (id === 'id of film' ? [2, 9].map(node => ({ node, isLate: false })) : []) });
  t.is(missingCopies(videoOf('film', [1]), restored), 1);
  t.is(missingCopies(videoOf('film', [1, 3]), restored), 0);
  t.is(missingCopies(videoOf('other', [1, 3]), restored), 1);
  t.deepEqual(orderOfDanger([videoOf('film', [1])], restored).map(({ missing, returning }) => [missing, returning]), [[1, [2, 9]]]);
  const late = census({ returnsOf: () => [{ node: 2, isLate: true }] });
  t.deepEqual(orderOfDanger([videoOf('film', [1, 3])], late).map(({ missing, returning }) => [missing, returning]), [[1, [2]]], 'it is not to copy what it has');
});

test('one replica is all that somebody wanted who wanted one', t => {
  t.is(missingCopies(videoOf('film', [1]), census({ replicas: 1, living: [1, 2] })), 0);
});

test('a file that is asked for often needs more', t => {
  t.is(missingCopies(videoOf('film', [1, 2, 3]), census({ extraFor: () => 1 })), 1);
  t.is(missingCopies(videoOf('film', [1, 2, 3, 4]), census({ extraFor: () => 5 })), 0, 'no more than there are nodes');
});

test('the catalogue is asked for files in danger apart only while somebody may be back', t => {
  t.deepEqual(shortagesIn(census()), [{ wanted: 3, among: [1, 2, 3, 4] }]);
  t.deepEqual(shortagesIn(census({ living: [1] })), [{ wanted: 1, among: [1] }, { wanted: 3, among: [1, 2, 3, 4] }]);
});

test('those with fewest living copies come first, each once, and those that lack nothing not at all', t => {
  const videos = [videoOf('two', [1, 2]), videoOf('one', [1]), videoOf('whole', [1, 2, 3]), videoOf('none', [9]), videoOf('two', [1, 2])];
  t.deepEqual(orderOfDanger(videos, census()).map(({ video, missing }) => [video.name, missing]), [['none', 3], ['one', 2], ['two', 1]]);
});

test('videos are counted by how many of their nodes count', t => {
  const sets = [{ nodes: [1, 9], videos: 2, bytes: 20 }, { nodes: [1, 2], videos: 1, bytes: 5 }, { nodes: [2], videos: 3, bytes: 1 }, { nodes: [], videos: 1, bytes: 7 }];
  t.deepEqual(countReplicas(sets, [1, 2]), [
    { replicas: 0, videos: 1, bytes: 7 },
    { replicas: 1, videos: 5, bytes: 21 },
    { replicas: 2, videos: 1, bytes: 5 },
  ]);
});
