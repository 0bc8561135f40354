import test from 'ava';
import * as fc from 'fast-check';
import { seededRandom } from '../../lib/base/random.ts';
import { orderServices, type ServicePlace } from '../../lib/domain/service-order.ts';

const place = (host: string, priority: number, weight: number): ServicePlace => ({ host, port: 50_000, priority, weight });
const places = fc.array(fc.record({ host: fc.string(), port: fc.nat(), priority: fc.nat(5), weight: fc.nat(65_535) }), { maxLength: 20 });

test('whatever the records, each is tried once, and none before one of a lower priority', t => {
  fc.assert(
    fc.property(places, fc.integer(), (records, seed) => {
      const ordered = orderServices(records, seededRandom(seed));
      const isSame = ordered.length === records.length && records.every(record => ordered.includes(record));
      return isSame && ordered.every(({ priority }, index) => index === 0 || ordered[index - 1]!.priority <= priority);
    }),
  );
  t.pass();
});

test('of the same priority each is first as often as its weight says', t => {
  const random = seededRandom(7);
  const first = new Map<string, number>();
  for (let draw = 0; draw < 10_000; draw += 1) {
    const { host } = orderServices([place('small', 1, 10), place('large', 1, 30), place('later', 2, 1000)], random)[0]!;
    first.set(host, (first.get(host) ?? 0) + 1);
  }
  t.is(first.get('later'), undefined);
  t.true(Math.abs(first.get('large')! / 10_000 - 0.75) < 0.03, String(first.get('large')));
});

test('one of weight 0 is hardly ever first, and among its like as often as the others', t => {
  const random = seededRandom(3);
  const firsts = (records: readonly ServicePlace[]) => Array.from({ length: 1000 }, () => orderServices(records, random)[0]!.host);
  const rare = firsts([place('none', 0, 0), place('much', 0, 100)]).filter(host => host === 'none').length;
  t.true(rare > 0 && rare < 50, String(rare));
  t.deepEqual(orderServices([], random), []);
  t.is(firsts([place('a', 0, 0), place('b', 0, 0)]).length, 1000);
});
