import test from 'ava';
import { MINUTE_MS } from '../../lib/base/units.ts';
import { Damage, isMendable } from '../../lib/domain/damage.ts';

const film = { id: 'film', name: 'film.mp4', badParts: [3] };
const other = { id: 'other', name: 'other.mp4', badParts: [0, 1] };

test('each report tells all of a node: what is new in it and what is gone is known once', t => {
  const damage = new Damage();
  t.deepEqual(damage.report(1, [film, other], 0).found, [film, other]);
  t.deepEqual(damage.report(1, [film, other], 1), { found: [], gone: [] });
  const { found, gone } = damage.report(1, [{ ...film, badParts: [3, 4] }], 2);
  t.deepEqual(found, []);
  t.like(gone[0], other);
  t.like(damage.of(1)[0], { badParts: [3, 4] });
  damage.report(1, [], 3);
  t.deepEqual(damage.of(1), []);
});

test('who has a file with bad parts is known, with what is bad', t => {
  const damage = new Damage();
  damage.report(1, [film], 0);
  damage.report(2, [{ ...film, badParts: [5] }, other], 0);
  t.deepEqual(damage.holdersOf('film'), [
    { node: 1, badParts: [3] },
    { node: 2, badParts: [5] },
  ]);
  t.deepEqual(damage.holdersOf('nothing'), []);
});

test('a replica counts as being mended while its damage is news, and not for ever', t => {
  const damage = new Damage();
  t.true(damage.isBeingMended(1, film, 0));
  damage.report(1, [film], 0);
  damage.report(1, [film], MINUTE_MS - 1);
  t.true(damage.isBeingMended(1, film, MINUTE_MS - 1));
  t.false(damage.isBeingMended(1, film, MINUTE_MS));
});

test('a file can be mended when each bad part is good somewhere, whatever else is bad there', t => {
  t.true(isMendable([1], [{}]));
  t.true(isMendable([1, 2], [{ badParts: [1] }, { badParts: [2] }]));
  t.false(isMendable([1, 2], [{ badParts: [1] }, { badParts: [1, 2] }]));
  t.false(isMendable([1], []));
});
