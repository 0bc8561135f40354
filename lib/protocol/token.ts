import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { bearerOf } from '../domain/access.ts';
import { isFileId } from '../domain/file.ts';
import type { TokenClaims, TokenProblem } from '../domain/tokens.ts';
import { queryOf } from './data.ts';
import { datesIn, datesOf, readJwt, signJwt, type Signer } from './jwt.ts';

/**
 * Tokens for reading as they travel: JSON Web Tokens of type `JWT`, whose claims are `sub`, the id of the file; `htm`, the
 * method; `nbf` and `exp`.
 */

/** As the central gives it to nodes: 32 bytes in base64url (`x` of RFC 8037 §2). */
export const publicTokenKey = z.object({ kid: z.string().min(1), publicKey: z.string().regex(/^[\w-]{43}$/) });
export type PublicTokenKey = Readonly<z.output<typeof publicTokenKey>>;

/** `privateKey` is 32 bytes in base64url (`d` of RFC 8037 §2). */
export interface PrivateTokenKey extends PublicTokenKey {
  readonly privateKey: string;
}

/** A query parameter that stands in for `Authorization`, for programs that are only given an address. */
const QUERY_FIELD = 'token';
const TYPE = 'JWT';

export function signerOf({ kid, publicKey: x, privateKey: d }: PrivateTokenKey): Signer {
  return { kid, key: createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x, d } }) };
}

/** Throws an `Error` when it is no key. */
export function verifyingKeyOf({ publicKey: x }: PublicTokenKey): KeyObject {
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
}

/** Dates are rounded to seconds. The same claims and key give the same token. */
export function signToken(claims: TokenClaims, signer: Signer): string {
  return signJwt(TYPE, { sub: claims.fileId, htm: claims.method, ...datesOf(claims) }, signer);
}

/** The claims of a token that one of the keys signed, or what is wrong with it. Whether it holds now is another question. */
export function readToken(token: string, keys: ReadonlyMap<string, KeyObject>): TokenClaims | TokenProblem {
  const jwt = readJwt(token, keys);
  if (typeof jwt === 'string') return jwt;
  const { sub, htm } = jwt.claims;
  const dates = datesIn(jwt.claims);
  return typeof sub === 'string' && isFileId(sub) && typeof htm === 'string' && dates ? { fileId: sub, method: htm, ...dates } : 'malformed';
}

/** The token that a request shows, in its `Authorization` or in its query. */
export function tokenIn(authorization: string | undefined, target: string): string | undefined {
  return bearerOf(authorization) ?? tokenInQuery(target);
}

/** The token that an address shows by itself. */
export function tokenInQuery(target: string): string | undefined {
  // BitTorrent programs put the file's name behind the whole of a web seed's address.
  return queryOf(target).get(QUERY_FIELD)?.replace(/\/.*$/s, '');
}

/** An address that shows the token by itself. */
export function withToken(url: string, token: string | undefined): string {
  return token === undefined ? url : `${url}${url.includes('?') ? '&' : '?'}${QUERY_FIELD}=${token}`;
}
