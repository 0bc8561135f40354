import test from 'ava';
import { FileSection } from '../../../lib/domain/download/file-section.ts';
import type { ArrivedPiece, PartRun, Source } from '../../../lib/domain/download/source.ts';

const PART_BYTES = 100;
const plan = { id: 'a', name: 'faro.mp4', sizeBytes: 950, partSizeBytes: PART_BYTES, partHashes: Array.from({ length: 10 }, (_, part) => `${part}`) };
const { signal } = new AbortController();

test('a section is a file of its parts alone, the last of which may be the short one', t => {
  t.like(new FileSection(plan, 2, 5).plan, { name: 'faro.mp4', sizeBytes: 300, partSizeBytes: 100, partHashes: ['2', '3', '4'] });
  t.like(new FileSection(plan, 8, 10).plan, { sizeBytes: 150, partHashes: ['8', '9'] });
});

test('a source is asked for the parts as the whole file counts them, and what it gives and lacks is counted as the section does', async t => {
  const asked: PartRun[] = [];
  const source: Source = {
    id: 'one',
    lacks: new Set([1, 3, 9]),
    async read(run, { onBytes, onPiece }) {
      asked.push(run);
      onBytes(7);
      onPiece({ part: run.first, offset: 5, bytes: new Uint8Array(7), release: () => undefined });
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const section = new FileSection(plan, 2, 5);
  const inSection = section.of(source);
  t.is(section.of(source), inSection);
  t.is(inSection.id, 'one');
  t.deepEqual(inSection.lacks, new Set([1]));
  const pieces: ArrivedPiece[] = [];
  const counts: number[] = [];
  await inSection.read({ first: 1, count: 1, from: 5 }, { onBytes: count => counts.push(count), onPiece: piece => pieces.push(piece) }, { signal });
  t.deepEqual(asked, [{ first: 3, count: 1, from: 5 }]);
  t.deepEqual(counts, [7]);
  t.like(pieces[0], { part: 1, offset: 5 });
});
