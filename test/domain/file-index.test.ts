import test from 'ava';
import { FileIndex } from '../../lib/domain/file-index.ts';
import type { IndexedFile } from '../../lib/domain/local-folder.ts';

const fileOf = (name: string, id: string): IndexedFile => ({ name, id, stamp: { sizeBytes: 1, mtimeNs: '1', ino: '1' } });
const namesOf = (index: FileIndex, id: string) => index.withId(id).map(({ name }) => name);

test('a content is found under every name that it has, and under none that it had', t => {
  const index = new FileIndex();
  index.put(fileOf('one', 'a'));
  index.put(fileOf('other', 'a'));
  t.deepEqual(namesOf(index, 'a'), ['one', 'other']);
  index.put(fileOf('one', 'b'));
  t.deepEqual(namesOf(index, 'a'), ['other']);
  t.deepEqual(namesOf(index, 'b'), ['one']);
  index.remove('other');
  index.remove('never there');
  t.deepEqual(namesOf(index, 'a'), []);
  t.deepEqual([...index.byName.keys()], ['one']);
});
