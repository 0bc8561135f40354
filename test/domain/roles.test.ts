import test from 'ava';
import { assertMay, roleOf, roles, roleSecrets, type Access } from '../../lib/domain/roles.ts';

const secrets = roleSecrets('secret-of-the-admin');
const rules = { secrets, isReadingOpen: false };
const bearer = (secret: string) => `Bearer ${secret}`;

test('the secrets of a central follow from that of its admin, and no two are alike', t => {
  t.deepEqual(roleSecrets('secret-of-the-admin'), secrets);
  t.is(secrets.admin, 'secret-of-the-admin');
  const all = [...Object.values(secrets), ...Object.values(roleSecrets('another'))];
  t.is(new Set(all).size, 8);
  for (const role of ['reader', 'uploader', 'node'] as const) t.regex(secrets[role], /^[0-9a-f]{48}$/, role);
});

test('the secret of a role does not change with a new version of the programs', t => {
  t.is(secrets.node, '60a6a197b0c7bc4b37a267c9a93e89792288da312027a874');
});

test('a secret says which role it is of', t => {
  for (const role of roles) t.is(roleOf(bearer(secrets[role]), secrets), role);
  for (const field of [undefined, '', 'Bearer', bearer('x'), secrets.admin, `Basic ${secrets.admin}`]) t.is(roleOf(field, secrets), undefined);
});

const may: readonly (readonly [needed: Access, ...by: (typeof roles)[number][]])[] = [
  ['anyone', 'reader', 'uploader', 'node', 'admin'],
  ['reader', 'reader', 'uploader', 'node', 'admin'],
  ['uploader', 'uploader', 'admin'],
  ['node', 'node', 'admin'],
  ['admin', 'admin'],
];

for (const [needed, ...by] of may) {
  test(`what needs ${needed} is for ${by.join(', ')}`, t => {
    for (const role of roles) {
      const ask = () => assertMay(needed, { authorization: bearer(secrets[role]) }, rules);
      if (by.includes(role)) t.notThrows(ask, role);
      else t.like(t.throws(ask), { code: 'role_required', facts: { role: needed } }, role);
    }
    if (needed === 'anyone') t.notThrows(() => assertMay(needed, {}, rules));
    else for (const field of [undefined, bearer('x')]) t.like(t.throws(() => assertMay(needed, { authorization: field }, rules)), { code: 'unauthorized' });
    t.notThrows(() => assertMay(needed, {}, undefined), 'without rules');
  });
}

test('open reading lets everybody read, and nobody do more', t => {
  const open = { ...rules, isReadingOpen: true };
  for (const field of [undefined, bearer('x'), bearer(secrets.uploader)]) t.notThrows(() => assertMay('reader', { authorization: field }, open));
  for (const needed of ['uploader', 'node', 'admin'] as const) t.throws(() => assertMay(needed, {}, open), undefined, needed);
});

test('a session says its role for who shows no secret, and a secret that is shown speaks for itself', t => {
  for (const [needed, ...by] of may) {
    for (const sessionRole of roles) {
      const ask = () => assertMay(needed, { sessionRole }, rules);
      if (by.includes(sessionRole)) t.notThrows(ask, `${needed} by ${sessionRole}`);
      else t.like(t.throws(ask), { code: 'role_required' }, `${needed} by ${sessionRole}`);
    }
  }
  t.like(t.throws(() => assertMay('reader', { authorization: bearer('x'), sessionRole: 'admin' }, rules)), { code: 'unauthorized' });
  t.like(t.throws(() => assertMay('admin', { authorization: bearer(secrets.reader), sessionRole: 'admin' }, rules)), { code: 'role_required' });
  t.notThrows(() => assertMay('admin', { authorization: bearer(secrets.admin), sessionRole: 'reader' }, rules));
});
