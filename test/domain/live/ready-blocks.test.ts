import test from 'ava';
import * as fc from 'fast-check';
import { findReadyBlocks } from '../../../lib/domain/live/ready-blocks.ts';

const namesOf = (names: readonly string[]) => Object.fromEntries([...findReadyBlocks(names)].map(([film, blocks]) => [film, blocks.map(({ name }) => name)]));

test('blocks come in the order of their numbers, whatever their width, and some may lack', t => {
  t.deepEqual(namesOf(['cine_00010.mkv', 'cine_2.mkv', 'cine_00001.mkv', 'cine_00099.mkv']), {
    'cine_*.mkv': ['cine_00001.mkv', 'cine_2.mkv', 'cine_00010.mkv', 'cine_00099.mkv'],
  });
});

test('hidden files, files without a number and files without an extension are no blocks', t => {
  t.deepEqual(namesOf(['.cine_00000.mkv', 'leame.txt', 'cine_.mkv', '_00000.mkv', 'cine_00000', 'cine_00000.mkv.partial', 'cine-00001.mkv']), {});
});

test('a film is told by its name and by its kind of file', t => {
  t.deepEqual(Object.keys(namesOf(['a_1_00000.mkv', 'a_1_00001.mkv', 'a_2_00000.mkv', 'a_1_00000.webm'])), ['a_1_*.mkv', 'a_1_*.webm', 'a_2_*.mkv']);
});

test('each name is in one film at most, once, and no film goes back', t => {
  const name = fc.tuple(fc.constantFrom('a', 'b_1', '.c', ''), fc.constantFrom('_', '-', ''), fc.nat(120), fc.constantFrom('.mkv', '.ts', '')).map(pieces => pieces.join(''));
  fc.assert(
    fc.property(fc.uniqueArray(name), names => {
      const films = [...findReadyBlocks(names).values()];
      const found = films.flat().map(block => block.name);
      t.is(new Set(found).size, found.length);
      t.true(found.every(one => names.includes(one)));
      for (const blocks of films) t.deepEqual(blocks.map(({ number }) => number), blocks.map(({ number }) => number).toSorted((one, other) => one - other));
      t.deepEqual(namesOf(names.toReversed()), namesOf(names));
    }),
  );
});
