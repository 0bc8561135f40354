import test from 'ava';
import { ServingSlots } from '../../lib/domain/serving-slots.ts';

const REST_MS = 2000;
const [ana, bea, cleo] = [{}, {}, {}];

test('so many download at once, however many answers each of them has, and the next is refused', t => {
  const slots = new ServingSlots(2);
  for (const who of [ana, ana, bea, ana]) t.true(slots.enter(who, 0));
  t.false(slots.hasRoom(0));
  t.false(slots.enter(cleo, 0));
  slots.leave(bea);
  t.true(slots.enter(cleo, 0));
});

test('a place is kept between two answers, and given away when nothing was asked for a while', t => {
  const slots = new ServingSlots(1);
  t.true(slots.enter(ana, 0));
  t.false(slots.enter(bea, 10 * REST_MS));
  slots.rest(ana, 10 * REST_MS);
  t.false(slots.enter(bea, 11 * REST_MS - 1));
  t.true(slots.enter(ana, 11 * REST_MS - 1));
  slots.rest(ana, 12 * REST_MS);
  t.true(slots.enter(bea, 13 * REST_MS));
  t.false(slots.enter(ana, 13 * REST_MS));
  // The end of an answer to who lost the place changes nothing.
  slots.rest(ana, 13 * REST_MS);
  t.false(slots.hasRoom(13 * REST_MS));
});

test('with no places everybody is refused', t => {
  const slots = new ServingSlots(0);
  t.false(slots.hasRoom(0));
  t.false(slots.enter(ana, 0));
});
