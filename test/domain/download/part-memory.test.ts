import test from 'ava';
import { PartMemory } from '../../../lib/domain/download/part-memory.ts';
import type { PartRoom, PartRooms } from '../../../lib/domain/download/part-rooms.ts';
import { partRoomsContract } from '../../contracts/part-rooms.ts';

/** Counts who was sent here. */
class Elsewhere implements PartRooms {
  readonly sizes: number[] = [];
  readonly #rooms = new PartMemory(Infinity, this);

  take(sizeBytes: number): PartRoom {
    this.sizes.push(sizeBytes);
    return this.#rooms.take(sizeBytes);
  }
}

partRoomsContract(test, 'in memory', async () => new PartMemory(Infinity, new Elsewhere()));
partRoomsContract(test, 'in memory and elsewhere', async () => new PartMemory(120_000, new Elsewhere()));

test('no more than the budget is held: what is beyond it goes elsewhere', t => {
  const elsewhere = new Elsewhere();
  const memory = new PartMemory(100, elsewhere);
  const [first, second] = [memory.take(60), memory.take(40)];
  memory.take(1);
  t.deepEqual(elsewhere.sizes, [1]);
  first.release();
  memory.take(60);
  t.deepEqual(elsewhere.sizes, [1], 'what was released has room again');
  second.release();
  t.is(memory.heldBytes, 100);
  memory.take(101);
  t.deepEqual(elsewhere.sizes, [1, 101]);
});

test('rooms of another size take the place of those that wait to be taken again', t => {
  const elsewhere = new Elsewhere();
  const memory = new PartMemory(100, elsewhere);
  const rooms = [memory.take(30), memory.take(30), memory.take(40)];
  for (const room of rooms) room.release();
  t.is(memory.heldBytes, 100);
  const large = memory.take(90);
  t.true(memory.heldBytes <= 100);
  large.release();
  for (let count = 0; count < 3; count += 1) memory.take(30);
  t.true(memory.heldBytes <= 100);
  t.deepEqual(elsewhere.sizes, []);
});
