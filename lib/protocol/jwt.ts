import { sign, verify, type KeyObject } from 'node:crypto';
import type { TokenProblem, Validity } from '../domain/tokens.ts';

/** JSON Web Tokens (RFC 7519) signed with Ed25519 (RFC 8037): the header is `{alg: "EdDSA", typ, kid}`. */

export interface Signer {
  readonly kid: string;
  readonly key: KeyObject;
}

export interface Jwt {
  readonly type: unknown;
  readonly claims: Readonly<Record<string, unknown>>;
}

const SECOND_MS = 1000;
const SHAPE = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;
const SIGNATURE_BYTES = 64;

/** The same claims, type and key give the same token. */
export function signJwt(type: string, claims: object, { kid, key }: Signer): string {
  const text = `${encoded({ alg: 'EdDSA', typ: type, kid })}.${encoded(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}

/** What a token says that one of the keys signed, or what is wrong with it. Whether it holds now is another question. */
export function readJwt(token: string, keys: ReadonlyMap<string, KeyObject>): Jwt | TokenProblem {
  const [, head = '', body = '', signature = ''] = SHAPE.exec(token) ?? [];
  const { alg, typ, kid, crit } = decoded(head);
  if (alg !== 'EdDSA' || typeof kid !== 'string' || crit !== undefined) return 'malformed';
  const key = keys.get(kid);
  if (!key) return 'unknown_key';
  const bytes = Buffer.from(signature, 'base64url');
  // Some of the last character's bits count for nothing: each token is written in one way only.
  if (bytes.length !== SIGNATURE_BYTES || bytes.toString('base64url') !== signature) return 'malformed';
  if (!verify(null, Buffer.from(`${head}.${body}`), key, bytes)) return 'bad_signature';
  return { type: typ, claims: decoded(body) };
}

/** As claims; rounded to seconds. */
export function datesOf({ notBeforeMs, expiresAtMs }: Validity): { readonly nbf: number; readonly exp: number } {
  return { nbf: Math.floor(notBeforeMs / SECOND_MS), exp: Math.floor(expiresAtMs / SECOND_MS) };
}

/** Undefined unless both dates are there. */
export function datesIn({ nbf, exp }: Jwt['claims']): Validity | undefined {
  return isDate(nbf) && isDate(exp) ? { notBeforeMs: nbf * SECOND_MS, expiresAtMs: exp * SECOND_MS } : undefined;
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
