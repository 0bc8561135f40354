import type { Clock } from '../../base/clock.ts';
import type { Role } from '../../domain/roles.ts';
import type { OpenedSession, Sessions } from '../../domain/sessions.ts';
import { problemWithDates, type ReadGuard, type TokenProblem, type TokenUse } from '../../domain/tokens.ts';
import { limits } from '../../protocol/limits.ts';
import { readSession } from '../../protocol/session-token.ts';
import { SignedClaims } from '../../protocol/signed-claims.ts';
import { TokenVerifier } from '../../protocol/token-verifier.ts';
import type { TokenMint } from './token-mint.ts';

/** What the central itself believes: tokens and sessions that its keys signed, wherever that was done. */
export class OwnTokens implements Sessions, ReadGuard {
  readonly #mint: Pick<TokenMint, 'publicKeys' | 'sessionFor'>;
  readonly #clock: Pick<Clock, 'date'>;
  readonly #files: TokenVerifier;
  readonly #sessions = new SignedClaims(readSession);

  constructor(mint: Pick<TokenMint, 'publicKeys' | 'sessionFor'>, clock: Pick<Clock, 'date'>) {
    this.#mint = mint;
    this.#clock = clock;
    this.#files = new TokenVerifier(() => clock.date());
  }

  open(role: Role): OpenedSession {
    return this.#mint.sessionFor(role);
  }

  roleIn(token: string): Role | undefined {
    this.#sessions.take(this.#mint.publicKeys);
    const claims = this.#sessions.read(token);
    if (typeof claims === 'string') return undefined;
    return problemWithDates(claims, this.#clock.date(), limits.tokenSkewMs) === undefined ? claims.role : undefined;
  }

  problemWith(token: string | undefined, use: TokenUse): TokenProblem | undefined {
    this.#files.take(this.#mint.publicKeys);
    return this.#files.problemWith(token, use);
  }
}
