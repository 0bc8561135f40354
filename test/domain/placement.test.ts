import test from 'ava';
import * as fc from 'fast-check';
import { choosePlaces, leastCrowded, placeOf, scoreOf, seedOf, worstPlaced, type Place } from '../../lib/domain/placement.ts';

const GIB = 2 ** 30;

interface Named extends Place {
  readonly name: string;
}

const place = (name: string, totalBytes = GIB, zone?: string): Named => ({ name, ...placeOf({ identity: `identity of ${name}`, totalBytes, zone }) });
const namesOf = (places: readonly Named[]) => places.map(({ name }) => name);
const many = (count: number, sizeOf: (index: number) => number = () => GIB) => Array.from({ length: count }, (_, index) => place(`n${index}`, sizeOf(index)));
const fileIds = Array.from({ length: 100_000 }, (_, index) => `file ${index}`);

/** All ways of taking `count` of the items. */
function subsets<T>(items: readonly T[], count: number): readonly (readonly T[])[] {
  if (count === 0) return [[]];
  return items.flatMap((item, index) => subsets(items.slice(index + 1), count - 1).map(rest => [item, ...rest]));
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Looks at every choice there is: the most even over zones, and of those the one with the highest scores. */
function naiveChoice(id: string, places: readonly Named[], holders: readonly Named[], count: number): readonly string[] {
  const unevenness = (chosen: readonly Named[]) => {
    const zones = [...holders, ...chosen].map(({ zone }) => zone);
    return sum([...new Set(zones)].map(zone => zones.filter(other => other === zone).length ** 2));
  };
  const scores = (chosen: readonly Named[]) => sum(chosen.map(one => scoreOf(seedOf(id), one)));
  const [best = []] = [...subsets(places, Math.min(count, places.length))].sort((a, b) => unevenness(a) - unevenness(b) || scores(b) - scores(a));
  return namesOf(best).toSorted();
}

const clusters = fc.record({
  id: fc.string(),
  nodes: fc.array(fc.record({ size: fc.integer({ min: 1, max: 20 }), zone: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }) }), { maxLength: 8 }),
  holders: fc.nat(4),
  count: fc.nat(5),
});

test('what is chosen is what looking at every choice would choose', t => {
  fc.assert(
    fc.property(clusters, ({ id, nodes, holders, count }) => {
      const all = nodes.map(({ size, zone }, index) => place(`n${index}`, size * GIB, zone));
      const [held, free] = [all.slice(0, holders), all.slice(holders)];
      t.deepEqual(namesOf(choosePlaces(id, free, held, count)).toSorted(), naiveChoice(id, free, held, count));
    }),
    { numRuns: 500 },
  );
});

test('the order in which nodes are known changes nothing', t => {
  fc.assert(
    fc.property(clusters, ({ id, nodes, count }) => {
      const all = nodes.map(({ size, zone }, index) => place(`n${index}`, size * GIB, zone));
      t.deepEqual(namesOf(choosePlaces(id, all.toReversed(), [], count)), namesOf(choosePlaces(id, all, [], count)));
    }),
  );
});

test('a node that leaves takes away only its own files', t => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 2, max: 12 }), fc.nat(11), (id, count, gone) => {
      const all = many(count);
      const before = namesOf(choosePlaces(id, all, [], 3));
      const after = namesOf(choosePlaces(id, all.filter((_, index) => index !== gone), [], 3));
      t.true(before.filter(name => name !== `n${gone}`).every(name => after.includes(name)));
    }),
  );
});

test('no zone gets a second replica while another one has none', t => {
  const places = [place('a1', GIB, 'a'), place('a2', 1000 * GIB, 'a'), place('b1', GIB, 'b'), place('alone')];
  for (const id of fileIds.slice(0, 100)) t.is(new Set(choosePlaces(id, places, [], 3).map(({ zone }) => zone)).size, 3);
  t.deepEqual(namesOf(choosePlaces('film', places.slice(0, 3), [places[0]!], 1)), ['b1']);
  t.deepEqual(namesOf(leastCrowded(places, [places[0]!, places[3]!])), ['b1']);
  t.deepEqual(leastCrowded([], []), []);
});

test('the worst placed replica is in the fullest zone, and of those the one with the lowest score', t => {
  const holders = [place('a1', GIB, 'a'), place('a2', GIB, 'a'), place('b1', 1, 'b')];
  const worst = worstPlaced('film', holders)!;
  t.is(worst.zone, 'zone a');
  t.deepEqual(namesOf(choosePlaces('film', holders.slice(0, 2), [], 2)).at(-1), worst.name);
  t.is(worstPlaced('film', []), undefined);
});

function loadsOf(places: readonly Named[], copies = 3): ReadonlyMap<string, number> {
  const loads = new Map(places.map(({ name }) => [name, 0]));
  for (const id of fileIds) for (const { name } of choosePlaces(id, places, [], copies)) loads.set(name, loads.get(name)! + 1);
  return loads;
}

test('100 nodes share 100 000 files evenly, from the fullest to the emptiest within 10 %', t => {
  const loads = [...loadsOf(many(100)).values()];
  const spread = (Math.max(...loads) - Math.min(...loads)) / (sum(loads) / loads.length);
  t.log(`spread ${(spread * 100).toFixed(1)} %`);
  t.true(spread <= 0.1);
});

test('one replica of each file goes by capacity, to one node of many sizes as much as to another', t => {
  const places = many(20, index => (1 + (index % 4)) * GIB);
  const loads = loadsOf(places, 1);
  const unit = fileIds.length / sum(places.map(({ weight }) => weight));
  for (const { name, weight } of places) t.true(Math.abs(loads.get(name)! / (weight * unit) - 1) < 0.1, name);
});

test('when a node joins, at most 1.2 times its fair share moves, and all of it to the new node', t => {
  const before = many(20);
  const joined = place('new');
  let moved = 0;
  for (const id of fileIds.slice(0, 20_000)) {
    const old = namesOf(choosePlaces(id, before, [], 3));
    const gained = namesOf(choosePlaces(id, [...before, joined], [], 3)).filter(name => !old.includes(name));
    t.true(gained.every(name => name === 'new'));
    moved += gained.length;
  }
  const fairShare = (20_000 * 3) / 21;
  t.log(`moved ${(moved / fairShare).toFixed(2)} of the fair share`);
  t.true(moved <= 1.2 * fairShare);
});
