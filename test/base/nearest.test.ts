import test from 'ava';
import * as fc from 'fast-check';
import { editDistance, nearest } from '../../lib/base/nearest.ts';

test('the nearest word is found whatever its case', t => {
  t.is(nearest('lista_video', ['VIDEO', 'LISTA_VIDEOS', 'ESTADO']), 'LISTA_VIDEOS');
  t.is(nearest('ESATDO', ['video', 'estado']), 'estado');
});

test('what is like nothing has no nearest word', t => {
  t.is(nearest('zzzzz', ['VIDEO', 'ESTADO']), undefined);
  t.is(nearest('x', []), undefined);
});

test('an edit distance is a distance', t => {
  const word = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      t.is(editDistance(a, b), editDistance(b, a));
      t.is(editDistance(a, b) === 0, a === b);
      t.true(editDistance(a, c) <= editDistance(a, b) + editDistance(b, c));
    }),
  );
});
