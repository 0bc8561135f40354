import test from 'ava';
import fc from 'fast-check';
import { HeldParts } from '../../lib/domain/held-parts.ts';

test('what is told of the parts that are held is what they are', t => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 70 }), fc.array(fc.nat(69)), (partCount, parts) => {
      const held = new Set(parts.filter(part => part < partCount));
      const told = HeldParts.parse(`${new HeldParts(partCount, held)}`, partCount)!;
      t.is(told.size, held.size);
      t.is(told.isWhole, held.size === partCount);
      for (let part = 0; part < partCount + 9; part += 1) t.is(told.has(part), held.has(part));
    }),
  );
});

test('the first part is the highest bit', t => {
  t.is(`${new HeldParts(10, [0, 9])}`, Buffer.from([0x80, 0x40]).toString('base64'));
});

test('nothing is made of a text that is not one of so many parts', t => {
  for (const [text, partCount] of [['', 1], ['gA==', 9], ['gEA=', 8], ['gA', 8], ['gA==\n', 8], ['!!!!', 8], ['gEE=', 10]] as const) {
    t.is(HeldParts.parse(text, partCount), undefined, text);
  }
});
