import type { ReadGuard, TokenProblem, TokenUse } from '../../domain/tokens.ts';
import { TokenVerifier } from '../../protocol/token-verifier.ts';
import type { PublicTokenKey } from '../../protocol/token.ts';

/** Who may read is the central's to say: as long as it said nothing nobody may, and then readers, or everybody. */
export class OptionalGuard implements ReadGuard {
  readonly #verifier: TokenVerifier;
  #isOpen = false;

  /** `date` tells milliseconds since 1970. */
  constructor(date: () => number) {
    this.#verifier = new TokenVerifier(date);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** What tokens are verified with; undefined where everybody may read. */
  take(keys: readonly PublicTokenKey[] | undefined): void {
    this.#verifier.take(keys ?? []);
    this.#isOpen = keys === undefined;
  }

  problemWith(token: string | undefined, use: TokenUse): TokenProblem | undefined {
    return this.#isOpen ? undefined : this.#verifier.problemWith(token, use);
  }
}
