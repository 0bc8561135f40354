import test from 'ava';
import fc from 'fast-check';
import { Verifications } from '../../lib/domain/verifications.ts';

const settings = { quietMs: 100, patienceMs: 1000, maxPending: 3 };
const film = { node: 1, id: 'film', name: 'film.mp4' };
const namesOf = (verifications: Verifications, node: number, nowMs: number) => verifications.of(node, nowMs).map(({ name }) => name);

test('a complaint is an order until the node has read the replica, however often it is repeated', t => {
  const verifications = new Verifications(settings);
  t.true(verifications.complain(film, 0));
  t.false(verifications.complain(film, 1));
  t.true(verifications.complain({ ...film, node: 2 }, 1));
  t.deepEqual(namesOf(verifications, 1, 500), ['film.mp4']);
  verifications.settle(1, 'film', 500);
  t.deepEqual(namesOf(verifications, 1, 501), []);
  t.deepEqual(namesOf(verifications, 2, 501), ['film.mp4']);
});

test('what was read is not read again for a while, and then it is', t => {
  const verifications = new Verifications(settings);
  verifications.complain(film, 0);
  verifications.settle(1, 'film', 10);
  t.false(verifications.complain(film, 109));
  t.true(verifications.complain(film, 110));
});

test('who does not answer is not asked for ever, and the list has an end', t => {
  const verifications = new Verifications(settings);
  for (const id of ['a', 'b', 'c', 'd']) verifications.complain({ node: 1, id, name: id }, 0);
  t.deepEqual(namesOf(verifications, 1, 0), ['a', 'b', 'c']);
  t.deepEqual(namesOf(verifications, 1, 1000), []);
  t.true(verifications.complain(film, 1000));
});

test('a result of what nobody asked for quiets nobody', t => {
  const verifications = new Verifications(settings);
  verifications.settle(1, 'film', 0);
  t.true(verifications.complain(film, 1));
});

test('whoever complains and however often, one replica is read once in its quiet time at most', t => {
  const steps = fc.array(fc.record({ node: fc.integer({ min: 1, max: 2 }), id: fc.constantFrom('a', 'b'), afterMs: fc.nat(60), answers: fc.boolean() }), { maxLength: 200 });
  t.notThrows(() =>
    fc.assert(
      fc.property(steps, script => {
        const verifications = new Verifications({ ...settings, maxPending: 100 });
        const readAtMs = new Map<string, number>();
        let nowMs = 0;
        for (const { node, id, afterMs, answers } of script) {
          nowMs += afterMs;
          verifications.complain({ node, id, name: id }, nowMs);
          if (!answers) continue;
          for (const pending of verifications.of(node, nowMs)) {
            const key = `${pending.node}/${pending.id}`;
            if (nowMs - (readAtMs.get(key) ?? -Infinity) < settings.quietMs) throw new Error(`${key} at ${nowMs}`);
            readAtMs.set(key, nowMs);
            verifications.settle(pending.node, pending.id, nowMs);
          }
        }
      }),
    ),
  );
});
