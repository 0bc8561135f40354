import fc from 'fast-check';
import test from 'ava';
import { Throughput } from '../../../lib/domain/download/throughput.ts';

test('nothing is told of nothing, nor of a moment', t => {
  const throughput = new Throughput();
  t.is(throughput.at(5000), 0);
  throughput.add(1000, 5000);
  t.is(throughput.at(5050), 0);
});

test('a steady flow is told from its first tenths of a second on', t => {
  const throughput = new Throughput();
  for (let atMs = 1000; atMs <= 9000; atMs += 20) {
    throughput.add(atMs === 1000 ? 0 : 20, atMs);
    if (atMs >= 1100) t.is(Math.round(throughput.at(atMs)), 1000);
  }
});

test('bursts with pauses between them are told as what they bring together', t => {
  const throughput = new Throughput();
  for (let atMs = 0; atMs <= 10_000; atMs += 500) throughput.add(500, atMs);
  t.true(Math.abs(throughput.at(10_400) - 1000) < 200);
});

test('a flow that ends is forgotten after three seconds', t => {
  const throughput = new Throughput();
  for (let atMs = 0; atMs <= 5000; atMs += 50) throughput.add(50, atMs);
  t.true(throughput.at(6500) < 600);
  t.is(throughput.at(8200), 0);
});

test('it is never more than all bytes within any tenth of a second, nor less than nothing', t => {
  const arrival = fc.record({ afterMs: fc.nat(2000), bytes: fc.nat(1_000_000) });
  fc.assert(
    fc.property(fc.array(arrival, { minLength: 1 }), arrivals => {
      const throughput = new Throughput();
      let atMs = 0;
      let all = 0;
      for (const { afterMs, bytes } of arrivals) {
        atMs += afterMs;
        all += bytes;
        throughput.add(bytes, atMs);
        const rate = throughput.at(atMs);
        t.true(rate >= 0 && rate <= all * 10);
      }
    }),
  );
});
