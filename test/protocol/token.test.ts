import { createPublicKey } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { importJWK, jwtVerify, SignJWT } from 'jose';
import { makeTokenKey } from '../../lib/io/files/token-key-file.ts';
import { readToken, signerOf, signToken, tokenIn, verifyingKeyOf, withToken } from '../../lib/protocol/token.ts';
import { TokenVerifier } from '../../lib/protocol/token-verifier.ts';
import { HOUR_MS, TokenIssuer } from '../helpers/token-issuer.ts';

const fileId = 'ab'.repeat(32);
const use = { fileId, method: 'GET' };
const issuer = new TokenIssuer();
const keys = new Map([[issuer.key.kid, verifyingKeyOf(issuer.key)]]);
const claims = { fileId, method: 'GET', notBeforeMs: 1_700_000_000_000, expiresAtMs: 1_700_000_100_000 };
const token = signToken(claims, signerOf(issuer.key));

test('what was signed is read again, and signing again gives the same', t => {
  t.deepEqual(readToken(token, keys), claims);
  t.is(signToken(claims, signerOf(issuer.key)), token);
});

test('no byte of a token can be changed, left out or added', t => {
  const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n';
  for (let at = 0; at < token.length; at += 1) {
    for (const character of characters) {
      const changed = token.slice(0, at) + character + token.slice(at + 1);
      if (changed !== token && typeof readToken(changed, keys) !== 'string') t.fail(`byte ${at} as ${character}`);
    }
    if (typeof readToken(token.slice(0, at) + token.slice(at + 1), keys) !== 'string') t.fail(`without byte ${at}`);
  }
  fc.assert(
    fc.property(fc.nat(token.length), fc.string({ minLength: 1, unit: 'binary' }), (at, added) => {
      t.is(typeof readToken(token.slice(0, at) + added + token.slice(at), keys), 'string');
    }),
  );
});

test('what is no token is malformed, whatever it is', t => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => t.is(readToken(text, keys), 'malformed')));
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const { kid } = issuer.key;
  for (const head of [{ alg: 'none', kid }, { alg: 'HS256', kid }, { alg: 'EdDSA' }, { alg: 'EdDSA', kid, crit: ['x'] }, [], null, 'x']) {
    t.is(readToken(`${part(head)}.${part({})}.${token.split('.')[2]}`, keys), 'malformed', JSON.stringify(head));
  }
  t.is(readToken(`${token.split('.').slice(0, 2).join('.')}.`, keys), 'malformed', 'without a signature');
});

test('another key signed it, or says that it is this one', t => {
  const stranger = new TokenIssuer();
  t.is(readToken(stranger.sign(fileId), keys), 'unknown_key');
  const pretended = signToken(claims, { ...signerOf(stranger.key), kid: issuer.key.kid });
  t.is(readToken(pretended, keys), 'bad_signature');
});

test('a signed token that says something else is malformed', async t => {
  const { kid, publicKey: x, privateKey: d } = issuer.key;
  const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x, d }, 'EdDSA');
  const header = { alg: 'EdDSA', typ: 'JWT', kid };
  for (const payload of [{}, { sub: fileId }, { sub: 'x', htm: 'GET', nbf: 1, exp: 2 }, { sub: fileId, htm: 1, nbf: 1, exp: 2 }, { sub: fileId, htm: 'GET', nbf: 1, exp: 1.5 }, { sub: fileId, htm: 'GET', nbf: -1, exp: 5 }]) {
    const signed = await new SignJWT(payload as Record<string, unknown>).setProtectedHeader(header).sign(key);
    t.is(readToken(signed, keys), 'malformed', JSON.stringify(payload));
  }
  const ours = await new SignJWT({ sub: fileId, htm: 'GET', nbf: 1, exp: 2 }).setProtectedHeader(header).sign(key);
  t.deepEqual(readToken(ours, keys), { fileId, method: 'GET', notBeforeMs: 1000, expiresAtMs: 2000 });
});

test('another program of JSON Web Tokens reads ours', async t => {
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: issuer.key.publicKey } });
  const { payload, protectedHeader } = await jwtVerify(token, publicKey, { currentDate: new Date(claims.notBeforeMs), subject: fileId });
  t.deepEqual(protectedHeader, { alg: 'EdDSA', typ: 'JWT', kid: issuer.key.kid });
  t.deepEqual(payload, { sub: fileId, htm: 'GET', nbf: 1_700_000_000, exp: 1_700_000_100 });
});

test('a token is shown in the field or in the address, and a name behind it is no part of it', t => {
  t.is(tokenIn('Bearer a.b.c', '/files/x?token=d.e.f'), 'a.b.c');
  t.is(tokenIn(undefined, '/files/x?token=d.e.f'), 'd.e.f');
  t.is(tokenIn('Basic abc', '/files/x?version=1&token=d.e.f'), 'd.e.f');
  t.is(tokenIn(undefined, '/files/x?token=d.e.f/faro.mp4'), 'd.e.f');
  t.is(tokenIn(undefined, '/files/x'), undefined);
  t.is(withToken('http://a/files/x', 'd.e.f'), 'http://a/files/x?token=d.e.f');
  t.is(withToken('http://a/files/x', undefined), 'http://a/files/x');
});

test('a verifier believes the keys that were published last, two at once', t => {
  const [first, second, third] = [new TokenIssuer(), new TokenIssuer(), new TokenIssuer()];
  const verifier = new TokenVerifier(() => Date.now());
  const verdicts = () => [first, second, third].map(one => verifier.problemWith(one.sign(fileId), use));
  t.deepEqual(verdicts(), ['unknown_key', 'unknown_key', 'unknown_key']);
  verifier.take([first.key]);
  t.deepEqual(verdicts(), [undefined, 'unknown_key', 'unknown_key']);
  verifier.take([first.key, second.key]);
  t.deepEqual(verdicts(), [undefined, undefined, 'unknown_key']);
  verifier.take([second.key, third.key]);
  t.deepEqual(verdicts(), ['unknown_key', undefined, undefined]);
});

test('a token that was good is looked at again each time it is used', t => {
  let dateMs = Date.now();
  const verifier = issuer.verifier(() => dateMs);
  const good = issuer.sign(fileId);
  t.is(verifier.problemWith(good, use), undefined);
  t.is(verifier.problemWith(good, { ...use, fileId: '0'.repeat(64) }), 'file');
  t.is(verifier.problemWith(undefined, use), 'missing');
  dateMs += 2 * HOUR_MS;
  t.is(verifier.problemWith(good, use), 'expired');
});

test('remembering tokens takes no more than a little memory, and forgets none that is needed', t => {
  const verifier = issuer.verifier();
  const tokens = Array.from({ length: 600 }, (_, index) => issuer.sign(fileId, { expiresAtMs: Date.now() + HOUR_MS + index * 1000 }));
  for (const one of [...tokens, ...tokens]) t.is(verifier.problemWith(one, use), undefined);
});

test('no two keys have one name', t => {
  t.is(new Set(Array.from({ length: 20 }, () => makeTokenKey(0).kid)).size, 20);
});
