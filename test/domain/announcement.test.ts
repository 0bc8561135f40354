import test from 'ava';
import fc from 'fast-check';
import { announcementOf } from '../../lib/domain/announcement.ts';
import type { PeerFile } from '../../lib/domain/peer-file.ts';

const folder = fc
  .dictionary(fc.constantFrom(...'abcdefgh'), fc.record({ id: fc.option(fc.constantFrom('1', '2'), { nil: undefined }), sizeBytes: fc.constantFrom(1, 2) }))
  .map(files => new Map(Object.entries(files).map(([name, facts]): [string, PeerFile] => [name, { name, ...facts }])));

test('what is told, a few names at a time, ends with what the folder holds', t => {
  fc.assert(
    fc.property(folder, folder, fc.integer({ min: 1, max: 4 }), (before, held, max) => {
      const told = new Map(before);
      for (let round = 0; round <= before.size + held.size; round += 1) {
        const { added, removed } = announcementOf(told, held, max);
        if (added.length + removed.length === 0) break;
        if (added.length + removed.length > max) return false;
        for (const name of removed) told.delete(name);
        for (const file of added) told.set(file.name, file);
      }
      return told.size === held.size && [...held].every(([name, file]) => told.get(name)?.id === file.id && told.get(name)?.sizeBytes === file.sizeBytes);
    }),
  );
  t.pass();
});

test('nothing is told twice, and a file whose content became known is', t => {
  const known = new Map([['a.mp4', { name: 'a.mp4', sizeBytes: 7 }]]);
  t.deepEqual(announcementOf(known, known, 10), { added: [], removed: [] });
  const read = { name: 'a.mp4', sizeBytes: 7, id: 'x' };
  t.deepEqual(announcementOf(known, new Map([['a.mp4', read]]), 10), { added: [read], removed: [] });
});
