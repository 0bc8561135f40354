import type { FileId } from './file.ts';

/** What a token lets whoever has it do: ask for one file, with one method, for a while. Dates are milliseconds since 1970. */
export interface TokenClaims {
  readonly fileId: FileId;
  /** As HTTP writes it; `GET` covers `HEAD`. */
  readonly method: string;
  readonly notBeforeMs: number;
  readonly expiresAtMs: number;
}

/** What somebody asks for who shows a token. */
export interface TokenUse {
  readonly fileId: FileId;
  readonly method: string;
}

export interface TokenTimes {
  readonly lifetimeMs: number;
  /** A new token is given this often, long before the last one ends. */
  readonly renewMs: number;
}

/** Why a request is refused; the last two are of a token that is good for something else. */
export type TokenProblem = 'missing' | 'malformed' | 'unknown_key' | 'bad_signature' | 'early' | 'expired' | 'file' | 'method';

/**
 * What a token that is given now says. All those of one `renewMs` are the same, so that nobody has to remember which
 * were given; and each holds for at least `lifetimeMs - renewMs`, and at nodes whose clock is one `renewMs` behind.
 */
export function claimsNow(use: TokenUse, dateMs: number, { lifetimeMs, renewMs }: TokenTimes): TokenClaims {
  const beginMs = Math.floor(dateMs / renewMs) * renewMs;
  return { ...use, notBeforeMs: Math.max(0, beginMs - renewMs), expiresAtMs: beginMs + lifetimeMs };
}

/** What is wrong with using those claims now; undefined when nothing is. Clocks may be `skewMs` apart. */
export function problemWithUse(claims: TokenClaims, use: TokenUse, dateMs: number, skewMs: number): TokenProblem | undefined {
  if (dateMs < claims.notBeforeMs - skewMs) return 'early';
  if (dateMs >= claims.expiresAtMs + skewMs) return 'expired';
  if (claims.fileId !== use.fileId) return 'file';
  const method = use.method === 'HEAD' ? 'GET' : use.method;
  return claims.method === method ? undefined : 'method';
}

/** A file's reads as a node allows them. */
export interface ReadGuard {
  /** Undefined when the token is good for it. */
  problemWith(token: string | undefined, use: TokenUse): TokenProblem | undefined;
}
