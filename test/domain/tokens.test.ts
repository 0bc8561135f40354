import test from 'ava';
import fc from 'fast-check';
import { isRotationDue, signingKey, withNewKey } from '../../lib/domain/token-keys.ts';
import { claimsNow, problemWithUse, type TokenClaims } from '../../lib/domain/tokens.ts';

const SKEW_MS = 60;
const fileId = '0'.repeat(64);
const claims: TokenClaims = { fileId, method: 'GET', notBeforeMs: 1000, expiresAtMs: 2000 };
const use = { fileId, method: 'GET' };

test('a token is good for its file and its method, and GET covers HEAD', t => {
  for (const method of ['GET', 'HEAD']) t.is(problemWithUse(claims, { fileId, method }, 1500, SKEW_MS), undefined);
  for (const method of ['PUT', 'POST', 'DELETE', 'get', '']) t.is(problemWithUse(claims, { fileId, method }, 1500, SKEW_MS), 'method', method);
  t.is(problemWithUse({ ...claims, method: 'PUT' }, use, 1500, SKEW_MS), 'method');
  t.is(problemWithUse(claims, { ...use, fileId: '1'.repeat(64) }, 1500, SKEW_MS), 'file');
});

test('a token is good from its beginning to its end, and a minute more on either side', t => {
  const at = (dateMs: number) => problemWithUse(claims, use, dateMs, SKEW_MS);
  t.deepEqual([939, 940, 1000, 1999, 2000, 2059, 2060].map(at), ['early', undefined, undefined, undefined, undefined, undefined, 'expired']);
});

test('tokens of one hour are the same, each has most of its life before it, and none begins later than now', t => {
  fc.assert(
    fc.property(fc.nat(2e12), fc.nat(5e6), dateRange(), (dateMs, laterMs, { renewMs, lifetimeMs }) => {
      const one = claimsNow(use, dateMs, { renewMs, lifetimeMs });
      t.true(one.notBeforeMs <= Math.max(0, dateMs - renewMs) && one.expiresAtMs - dateMs > lifetimeMs - renewMs);
      const next = claimsNow(use, dateMs + laterMs, { renewMs, lifetimeMs });
      t.is(next.expiresAtMs === one.expiresAtMs, dateMs + laterMs < one.expiresAtMs - lifetimeMs + renewMs);
    }),
  );
});

function dateRange() {
  return fc.record({ renewMs: fc.integer({ min: 1, max: 1e7 }), spareMs: fc.nat(1e8) }).map(({ renewMs, spareMs }) => ({ renewMs, lifetimeMs: renewMs + spareMs }));
}

const key = (createdAtMs: number) => ({ kid: `of ${createdAtMs}`, createdAtMs });

test('two keys live at once, and the newest signs when everybody has heard of it', t => {
  const one = withNewKey([], key(0));
  t.is(signingKey(one, 0, 30).kid, 'of 0', 'there is no other');
  const two = withNewKey(one, key(100));
  t.deepEqual(two.map(({ kid }) => kid), ['of 0', 'of 100']);
  t.is(signingKey(two, 129, 30).kid, 'of 0');
  t.is(signingKey(two, 130, 30).kid, 'of 100');
  const three = withNewKey(two, key(110));
  t.deepEqual(three.map(({ kid }) => kid), ['of 100', 'of 110']);
  t.is(signingKey(three, 111, 30).kid, 'of 100', 'the one that more have heard of');
});

test('whatever the moments of rotation, the key that signs is one of those that live', t => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 8 }), fc.nat(2000), fc.nat(100), (moments, dateMs, settleMs) => {
      const keys = moments.toSorted((a, b) => a - b).map(key).reduce(withNewKey<ReturnType<typeof key>>, []);
      t.true(keys.length <= 2);
      t.true(keys.includes(signingKey(keys, dateMs, settleMs)));
    }),
  );
});

test('a key is followed by another when it has served its time', t => {
  t.true(isRotationDue([], 0, 100));
  t.false(isRotationDue([key(0), key(50)], 149, 100));
  t.true(isRotationDue([key(0), key(50)], 150, 100));
});
