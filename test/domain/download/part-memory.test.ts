import test from 'ava';
import { PartMemory } from '../../../lib/domain/download/part-memory.ts';

test('what was given is used again, for parts of the same size', t => {
  const memory = new PartMemory(100);
  const bytes = memory.take(40);
  t.is(bytes.byteLength, 40);
  memory.give(bytes);
  t.not(memory.take(41), bytes);
  t.is(memory.take(40), bytes);
  t.not(memory.take(40), bytes);
});

test('what is kept is bounded, and the size that was used last is kept longest', t => {
  const memory = new PartMemory(100);
  const [old, recent, large] = [memory.take(60), memory.take(50), memory.take(101)];
  memory.give(old);
  memory.give(recent);
  memory.give(large);
  t.not(memory.take(60), old);
  t.not(memory.take(101), large);
  t.is(memory.take(50), recent);
});
