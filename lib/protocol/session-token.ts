import type { KeyObject } from 'node:crypto';
import { roles, type Role } from '../domain/roles.ts';
import type { SessionClaims } from '../domain/sessions.ts';
import type { TokenProblem } from '../domain/tokens.ts';
import { datesIn, datesOf, readJwt, signJwt, type Signer } from './jwt.ts';

/** Keeps sessions and tokens for files apart (RFC 8725 §3.11): neither is ever taken for the other, whatever it says. */
const TYPE = 'session+jwt';

/** A session as a cookie carries it; its claims are `role`, `nbf` and `exp`. */
export function signSession(claims: SessionClaims, signer: Signer): string {
  return signJwt(TYPE, { role: claims.role, ...datesOf(claims) }, signer);
}

/** The claims of a session that one of the keys signed, or what is wrong with it. Whether it holds now is another question. */
export function readSession(token: string, keys: ReadonlyMap<string, KeyObject>): SessionClaims | TokenProblem {
  const jwt = readJwt(token, keys);
  if (typeof jwt === 'string') return jwt;
  const { role } = jwt.claims;
  const dates = datesIn(jwt.claims);
  return jwt.type === TYPE && isRole(role) && dates ? { role, ...dates } : 'malformed';
}

function isRole(value: unknown): value is Role {
  return roles.some(role => role === value);
}
