import { problemWithUse, type ReadGuard, type TokenProblem, type TokenUse } from '../domain/tokens.ts';
import { limits } from './limits.ts';
import { SignedClaims } from './signed-claims.ts';
import { readToken, type PublicTokenKey } from './token.ts';

/** Verifies tokens with the keys that the central published last; without keys it refuses all. */
export class TokenVerifier implements ReadGuard {
  readonly #date: () => number;
  readonly #claims = new SignedClaims(readToken);

  /** `date` tells milliseconds since 1970. */
  constructor(date: () => number) {
    this.#date = date;
  }

  /**
   * The keys of now; what the ones that are gone have signed holds no more. True when that is news. Throws an `Error` when
   * one is no key.
   */
  take(keys: readonly PublicTokenKey[]): boolean {
    return this.#claims.take(keys);
  }

  problemWith(token: string | undefined, use: TokenUse): TokenProblem | undefined {
    if (token === undefined) return 'missing';
    const claims = this.#claims.read(token);
    return typeof claims === 'string' ? claims : problemWithUse(claims, use, this.#date(), limits.tokenSkewMs);
  }
}
