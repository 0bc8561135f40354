import test from 'ava';
import fc from 'fast-check';
import { Audience } from '../../../lib/domain/live/audience.ts';

test('clients are listed in the order in which they came, each once', t => {
  const audience = new Audience(3);
  t.deepEqual(['10.0.0.2', '10.0.0.1', '10.0.0.2'].map(ip => audience.join(ip)), ['joined', 'joined', 'known']);
  t.deepEqual(audience.addresses, ['10.0.0.2', '10.0.0.1']);
  t.is(audience.size, 2);
});

test('a full channel takes nobody, and keeps a place for nobody who left', t => {
  const audience = new Audience(1);
  audience.join('10.0.0.1');
  t.is(audience.join('10.0.0.2'), 'full');
  t.is(audience.join('10.0.0.1'), 'known');
  t.true(audience.leave('10.0.0.1'));
  t.false(audience.leave('10.0.0.1'));
  t.is(audience.join('10.0.0.2'), 'joined');
});

test('the second failure in a row removes a client; a delivery between forgives the first', t => {
  const audience = new Audience(1);
  audience.join('10.0.0.1');
  t.false(audience.failed('10.0.0.1'));
  audience.delivered('10.0.0.1');
  t.false(audience.failed('10.0.0.1'));
  t.true(audience.failed('10.0.0.1'));
  t.deepEqual(audience.addresses, []);
  t.false(audience.failed('10.0.0.1'));
});

test('who joins again begins without failures', t => {
  const audience = new Audience(1);
  audience.join('10.0.0.1');
  audience.failed('10.0.0.1');
  audience.join('10.0.0.1');
  t.false(audience.failed('10.0.0.1'));
});

test('whatever happens, there are never more clients than places, and who is not there does not come by a delivery', t => {
  const step = fc.tuple(fc.constantFrom('join', 'leave', 'delivered', 'failed'), fc.constantFrom('a', 'b', 'c', 'd'));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 }), fc.array(step), (maxClients, steps) => {
      const audience = new Audience(maxClients);
      return steps.every(([what, ip]) => {
        const wasThere = audience.has(ip);
        audience[what as 'join'](ip);
        const isThere = audience.has(ip);
        return audience.size <= maxClients && (what === 'join' ? isThere || audience.size === maxClients : wasThere || !isThere);
      });
    }),
  );
  t.pass();
});
