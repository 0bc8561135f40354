import test from 'ava';
import * as fc from 'fast-check';
import { fitText, padText, textWidth, wrapText } from '../../lib/base/text-width.ts';

test('letters take one column, marks none, East Asian letters and emoji two', t => {
  t.is(textWidth('película'), 8);
  t.is(textWidth('n\u0303'), 1);
  t.is(textWidth('日本'), 4);
  t.is(textWidth('🎬'), 2);
  t.is(textWidth('👨‍👩‍👧'), 2);
  t.is(textWidth('❤️'), 2);
  t.is(textWidth(''), 0);
});

test('a fitted text is never wider than asked, and a padded one exactly as wide', t => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.integer({ min: 1, max: 40 }), (text, columns) => {
      t.true(textWidth(fitText(text, columns)) <= columns);
      t.is(textWidth(padText(text, columns)), columns);
    }),
  );
});

test('lines are broken between words', t => {
  t.deepEqual(wrapText('uno dos tres cuatro', 8), ['uno dos', 'tres', 'cuatro']);
  t.deepEqual(wrapText('', 8), ['']);
});
