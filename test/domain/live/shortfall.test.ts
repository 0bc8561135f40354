import test from 'ava';
import { Shortfall } from '../../../lib/domain/live/shortfall.ts';

/** `.` a block that is shown, `x` one that is missed; `<` it begins, `>` it is over. */
function told(blocks: string, shortfall = new Shortfall()): string {
  const signs = [...blocks].map(block => {
    if (block === 'x') return shortfall.missed(1) ? 'x<' : 'x';
    return shortfall.shown() ? '.>' : '.';
  });
  return signs.join('');
}

test('one block or two that are missed are accidents, three of ten are not', t => {
  t.is(told('.x..x.........x'), '.x..x.........x');
  t.is(told('.x..x......x'), '.x..x......x');
  t.is(told('.x..x.....x.'), '.x..x.....x<.');
});

test('it is over after four that are shown in a row, and begins anew only with others', t => {
  t.is(told('xxx.x.x...x....x..x.x'), 'xxx<.x.x...x....>x..x.x<');
});

test('many that are missed at once count one by one; none does not count', t => {
  t.true(new Shortfall().missed(9));
  t.false(new Shortfall().missed(0));
  const shortfall = new Shortfall();
  t.true(shortfall.missed(1000));
  t.true(shortfall.isThere);
  t.is(told('....', shortfall), '....>');
  t.false(shortfall.isThere);
});
