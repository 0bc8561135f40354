import test from 'ava';
import fc from 'fast-check';
import { nearestNames, telltalePieces } from '../../lib/domain/near-names.ts';
import { foldText } from '../../lib/domain/search-text.ts';

test('short names are compared letter by letter, long ones by their pieces in any order', t => {
  t.deepEqual(nearestNames('frao.mp4', ['mar.mp4', 'faro.mkv', 'zulu.mp4'], 1), ['faro.mkv']);
  const names = ['El viaje de la montaña al mar.mp4', 'La ciudad de noche.mp4'];
  t.deepEqual(nearestNames('del mar a la montana, viaje.mp4', names, 3), names.slice(0, 1));
});

test('a common extension makes no names alike', t => {
  t.deepEqual(nearestNames('zzzz.mp4', ['a.mp4', 'mp4', 'bb.mp4'], 3), []);
});

test('one wrong letter anywhere leaves a telltale piece in the name that was meant', t => {
  const names = fc.string({ unit: fc.constantFrom(...'abcdefghij'), minLength: 6, maxLength: 40 });
  fc.assert(
    fc.property(names, fc.nat(), fc.constantFrom('', 'x', 'xy'), (name, at, put) => {
      const typed = name.slice(0, at % name.length) + put + name.slice((at % name.length) + 1);
      return typed.length < 6 || telltalePieces(typed).some(piece => foldText(name).includes(piece));
    }),
  );
  t.pass();
});
