import test from 'ava';
import { OptionalGuard } from '../../../lib/apps/sharing/optional-guard.ts';
import { TokenIssuer } from '../../helpers/token-issuer.ts';

const ID = 'a'.repeat(64);
const use = { fileId: ID, method: 'GET' };

test('until the central says who may read nobody may', t => {
  const issuer = new TokenIssuer();
  const guard = new OptionalGuard(() => Date.now());
  t.false(guard.isOpen);
  t.is(guard.problemWith(undefined, use), 'missing');
  t.is(guard.problemWith(issuer.sign(ID), use), 'unknown_key');
});

test('where only readers may read their tokens are asked for, and where everybody may none is', t => {
  const issuer = new TokenIssuer();
  const guard = new OptionalGuard(() => Date.now());
  guard.take([issuer.key]);
  t.false(guard.isOpen);
  t.is(guard.problemWith(issuer.sign(ID), use), undefined);
  t.is(guard.problemWith(issuer.sign('b'.repeat(64)), use), 'file');
  t.is(guard.problemWith(undefined, use), 'missing');
  guard.take(undefined);
  t.true(guard.isOpen);
  t.is(guard.problemWith(undefined, use), undefined);
  guard.take([]);
  t.is(guard.problemWith(issuer.sign(ID), use), 'unknown_key', 'a key that is gone holds no more');
});
