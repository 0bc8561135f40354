import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { bearerOf } from '../domain/access.ts';
import { isFileId } from '../domain/file.ts';
import type { TokenClaims, TokenProblem } from '../domain/tokens.ts';
import { queryOf } from './data.ts';

/**
 * Tokens for reading as they travel: JSON Web Tokens (RFC 7519) signed with Ed25519 (RFC 8037). The header is
 * `{alg: "EdDSA", typ: "JWT", kid}`, the claims are `sub`, the id of the file; `htm`, the method; `nbf` and `exp`.
 */

/** As the central gives it to nodes: 32 bytes in base64url (`x` of RFC 8037 §2). */
export const publicTokenKey = z.object({ kid: z.string().min(1), publicKey: z.string().regex(/^[\w-]{43}$/) });
export type PublicTokenKey = Readonly<z.output<typeof publicTokenKey>>;

/** `privateKey` is 32 bytes in base64url (`d` of RFC 8037 §2). */
export interface PrivateTokenKey extends PublicTokenKey {
  readonly privateKey: string;
}

export interface Signer {
  readonly kid: string;
  readonly key: KeyObject;
}

/** A query parameter that stands in for `Authorization`, for programs that are only given an address. */
const QUERY_FIELD = 'token';
const SECOND_MS = 1000;
const SHAPE = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;
const SIGNATURE_BYTES = 64;

export function signerOf({ kid, publicKey: x, privateKey: d }: PrivateTokenKey): Signer {
  return { kid, key: createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x, d } }) };
}

/** Throws an `Error` when it is no key. */
export function verifyingKeyOf({ publicKey: x }: PublicTokenKey): KeyObject {
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
}

/** Dates are rounded to seconds. The same claims and key give the same token. */
export function signToken({ fileId, method, notBeforeMs, expiresAtMs }: TokenClaims, { kid, key }: Signer): string {
  const claims = { sub: fileId, htm: method, nbf: Math.floor(notBeforeMs / SECOND_MS), exp: Math.floor(expiresAtMs / SECOND_MS) };
  const text = `${encoded({ alg: 'EdDSA', typ: 'JWT', kid })}.${encoded(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}

/** The claims of a token that one of the keys signed, or what is wrong with it. Whether it holds now is another question. */
export function readToken(token: string, keys: ReadonlyMap<string, KeyObject>): TokenClaims | TokenProblem {
  const [, head = '', body = '', signature = ''] = SHAPE.exec(token) ?? [];
  const { alg, kid, crit } = decoded(head);
  if (alg !== 'EdDSA' || typeof kid !== 'string' || crit !== undefined) return 'malformed';
  const key = keys.get(kid);
  if (!key) return 'unknown_key';
  const bytes = Buffer.from(signature, 'base64url');
  // Some of the last character's bits count for nothing: each token is written in one way only.
  if (bytes.length !== SIGNATURE_BYTES || bytes.toString('base64url') !== signature) return 'malformed';
  if (!verify(null, Buffer.from(`${head}.${body}`), key, bytes)) return 'bad_signature';
  const { sub, htm, nbf, exp } = decoded(body);
  if (typeof sub !== 'string' || !isFileId(sub) || typeof htm !== 'string' || !isDate(nbf) || !isDate(exp)) return 'malformed';
  return { fileId: sub, method: htm, notBeforeMs: nbf * SECOND_MS, expiresAtMs: exp * SECOND_MS };
}

/** The token that a request shows, in its `Authorization` or in its query. */
export function tokenIn(authorization: string | undefined, target: string): string | undefined {
  // BitTorrent programs put the file's name behind the whole of a web seed's address.
  return bearerOf(authorization) ?? queryOf(target).get(QUERY_FIELD)?.replace(/\/.*$/s, '');
}

/** An address that shows the token by itself. */
export function withToken(url: string, token: string | undefined): string {
  return token === undefined ? url : `${url}?${QUERY_FIELD}=${token}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The members of a JSON object; none for anything else. */
function decoded(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function isDate(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
