import type { Role } from '../../lib/domain/roles.ts';
import type { TokenClaims } from '../../lib/domain/tokens.ts';
import { makeTokenKey, type TokenKey } from '../../lib/io/files/token-key-file.ts';
import { signSession } from '../../lib/protocol/session-token.ts';
import { signerOf, signToken } from '../../lib/protocol/token.ts';
import { TokenVerifier } from '../../lib/protocol/token-verifier.ts';

export const HOUR_MS = 3_600_000;

/** A pair of keys, what it signs, and who believes it. */
export class TokenIssuer {
  readonly key: TokenKey = makeTokenKey(0);

  /** For `GET` within an hour from now, unless it says otherwise. */
  sign(fileId: string, claims: Partial<TokenClaims> = {}): string {
    const nowMs = Date.now();
    return signToken({ fileId, method: 'GET', notBeforeMs: nowMs, expiresAtMs: nowMs + HOUR_MS, ...claims }, signerOf(this.key));
  }

  /** Of now, under the name of another key if one is given. */
  signSession(role: Role, { kid }: { readonly kid: string } = this.key): string {
    const nowMs = Date.now();
    return signSession({ role, notBeforeMs: nowMs, expiresAtMs: nowMs + HOUR_MS }, { ...signerOf(this.key), kid });
  }

  verifier(date: () => number = () => Date.now()): TokenVerifier {
    const verifier = new TokenVerifier(date);
    verifier.take([this.key]);
    return verifier;
  }
}
