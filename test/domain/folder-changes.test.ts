import test from 'ava';
import * as fc from 'fast-check';
import { compareFolder } from '../../lib/domain/folder-changes.ts';
import type { IndexedFile, LocalFile } from '../../lib/domain/local-folder.ts';

const fileOf = (name: string, ino: number, mtimeNs = 1): LocalFile => ({ name, stamp: { sizeBytes: 10, mtimeNs: String(mtimeNs), ino: String(ino) } });
const known = (...files: readonly LocalFile[]) => new Map(files.map((file): [string, IndexedFile] => [file.name, { ...file, id: `id of ${file.name}` }]));
const names = (files: readonly LocalFile[]) => files.map(({ name }) => name);

test('tells removed, changed, renamed and new files', t => {
  const changes = compareFolder(known(fileOf('same', 1), fileOf('gone', 2), fileOf('edited', 3), fileOf('old name', 4)), [
    fileOf('same', 1),
    fileOf('edited', 3, 2),
    fileOf('new name', 4),
    fileOf('new', 5),
  ]);
  t.deepEqual(names(changes.removed), ['gone', 'old name']);
  t.deepEqual(names(changes.changed), ['edited']);
  t.deepEqual(changes.renamed, [{ ...fileOf('new name', 4), id: 'id of old name' }]);
  t.deepEqual(names(changes.unknown), ['edited', 'new']);
});

test('two files that swap their names keep their contents', t => {
  const changes = compareFolder(known(fileOf('one', 1), fileOf('other', 2)), [fileOf('one', 2), fileOf('other', 1)]);
  t.deepEqual(changes.renamed, [
    { ...fileOf('one', 2), id: 'id of other' },
    { ...fileOf('other', 1), id: 'id of one' },
  ]);
  t.deepEqual(changes.unknown, []);
});

test('after carrying the changes out, every file of the folder is known or waits, and nothing else is known', t => {
  const files = fc.uniqueArray(
    fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), ino: fc.nat(3), mtimeNs: fc.nat(1) }),
    { selector: ({ name }) => name },
  );
  fc.assert(
    fc.property(files, files, (before, now) => {
      const index = known(...before.map(({ name, ino, mtimeNs }) => fileOf(name, ino, mtimeNs)));
      const found = now.map(({ name, ino, mtimeNs }) => fileOf(name, ino, mtimeNs));
      const changes = compareFolder(index, found);
      for (const { name } of [...changes.removed, ...changes.changed]) index.delete(name);
      for (const file of changes.renamed) index.set(file.name, file);
      t.deepEqual([...index.keys(), ...names(changes.unknown)].sort(), names(found).sort());
    }),
  );
});
