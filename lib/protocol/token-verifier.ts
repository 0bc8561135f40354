import type { KeyObject } from 'node:crypto';
import { problemWithUse, type ReadGuard, type TokenClaims, type TokenProblem, type TokenUse } from '../domain/tokens.ts';
import { limits } from './limits.ts';
import { readToken, verifyingKeyOf, type PublicTokenKey } from './token.ts';

/** A download asks for each of its parts with the same token: its signature is looked at once. */
const REMEMBERED_TOKENS = 256;

/** Verifies tokens with the keys that the central published last; without keys it refuses all. */
export class TokenVerifier implements ReadGuard {
  readonly #date: () => number;
  #published = '';
  #keys: ReadonlyMap<string, KeyObject> = new Map();
  readonly #read = new Map<string, TokenClaims>();

  /** `date` tells milliseconds since 1970. */
  constructor(date: () => number) {
    this.#date = date;
  }

  /**
   * The keys of now; what the ones that are gone have signed holds no more. True when that is news. Throws an `Error` when
   * one is no key.
   */
  take(keys: readonly PublicTokenKey[]): boolean {
    const published = JSON.stringify(keys.map(({ kid, publicKey }) => [kid, publicKey]));
    if (published === this.#published) return false;
    this.#keys = new Map(keys.map(key => [key.kid, verifyingKeyOf(key)]));
    this.#published = published;
    this.#read.clear();
    return true;
  }

  problemWith(token: string | undefined, use: TokenUse): TokenProblem | undefined {
    if (token === undefined) return 'missing';
    const claims = this.#read.get(token) ?? readToken(token, this.#keys);
    if (typeof claims === 'string') return claims;
    this.#remember(token, claims);
    return problemWithUse(claims, use, this.#date(), limits.tokenSkewMs);
  }

  #remember(token: string, claims: TokenClaims): void {
    this.#read.set(token, claims);
    if (this.#read.size > REMEMBERED_TOKENS) this.#read.delete(this.#read.keys().next().value!);
  }
}
