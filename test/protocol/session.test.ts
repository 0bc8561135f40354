import test from 'ava';
import { roles } from '../../lib/domain/roles.ts';
import { formatEndedCookie, formatSessionCookie, sessionIn } from '../../lib/protocol/session-cookie.ts';
import { readSession, signSession } from '../../lib/protocol/session-token.ts';
import { readToken, signerOf, verifyingKeyOf } from '../../lib/protocol/token.ts';
import { signJwt } from '../../lib/protocol/jwt.ts';
import { TokenIssuer } from '../helpers/token-issuer.ts';

const issuer = new TokenIssuer();
const signer = signerOf(issuer.key);
const keys = new Map([[issuer.key.kid, verifyingKeyOf(issuer.key)]]);
const dates = { notBeforeMs: 1_700_000_000_000, expiresAtMs: 1_700_000_100_000 };

test('a session is read again as it was signed, for every role', t => {
  for (const role of roles) t.deepEqual(readSession(signSession({ role, ...dates }, signer), keys), { role, ...dates });
});

test('a session is no token for a file, and a token for a file is no session', t => {
  t.is(readToken(signSession({ role: 'admin', ...dates }, signer), keys), 'malformed');
  t.is(readSession(issuer.sign('ab'.repeat(32)), keys), 'malformed');
  t.is(readSession(signJwt('JWT', { role: 'admin', nbf: 1, exp: 2 }, signer), keys), 'malformed', 'of the other type');
  t.is(typeof readSession(signJwt('session+jwt', { role: 'admin', nbf: 1, exp: 2 }, signer), keys), 'object');
});

test('a signed session that says something else is malformed', t => {
  for (const claims of [{}, { role: 'king', nbf: 1, exp: 2 }, { role: 'admin', exp: 2 }, { role: 'admin', nbf: 1 }, { role: 'admin', nbf: 1, exp: 1.5 }, { role: ['admin'], nbf: 1, exp: 2 }]) {
    t.is(readSession(signJwt('session+jwt', claims, signer), keys), 'malformed', JSON.stringify(claims));
  }
});

test('another key opens no session', t => {
  const stranger = new TokenIssuer();
  t.is(readSession(stranger.signSession('admin'), keys), 'unknown_key');
  t.is(readSession(stranger.signSession('admin', issuer.key), keys), 'bad_signature');
});

test('the cookie is for this place alone, out of reach of scripts, and over HTTPS for HTTPS', t => {
  t.is(formatSessionCookie('a.b.c', { isSecure: false }), 'sesion=a.b.c; Path=/; HttpOnly; SameSite=Strict');
  t.is(formatSessionCookie('a.b.c', { isSecure: true }), 'sesion=a.b.c; Path=/; HttpOnly; SameSite=Strict; Secure');
  t.is(formatEndedCookie({ isSecure: true }), 'sesion=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=0');
});

test('a session is found among the cookies of others, under its name only', t => {
  t.is(sessionIn('sesion=a.b.c'), 'a.b.c');
  t.is(sessionIn('x=1; sesion=a.b.c;y=2'), 'a.b.c');
  for (const field of [undefined, '', 'x=a.b.c', 'xsesion=a.b.c', 'Sesion=a.b.c', 'sesion', 'x=sesion=a.b.c']) t.is(sessionIn(field), undefined, field);
});
