import type { FileId } from './file.ts';

/** When what was signed holds. Dates are milliseconds since 1970. */
export interface Validity {
  readonly notBeforeMs: number;
  readonly expiresAtMs: number;
}

/** What a token lets whoever has it do: ask for one file, with one method, for a while. */
export interface TokenClaims extends Validity {
  readonly fileId: FileId;
  /** As HTTP writes it; `GET` covers `HEAD`. */
  readonly method: string;
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
export function claimsNow<Use extends object>(use: Use, dateMs: number, { lifetimeMs, renewMs }: TokenTimes): Use & Validity {
  const beginMs = Math.floor(dateMs / renewMs) * renewMs;
  return { ...use, notBeforeMs: Math.max(0, beginMs - renewMs), expiresAtMs: beginMs + lifetimeMs };
}

/** What is wrong with using those claims now; undefined when nothing is. Clocks may be `skewMs` apart. */
export function problemWithUse(claims: TokenClaims, use: TokenUse, dateMs: number, skewMs: number): TokenProblem | undefined {
  const problem = problemWithDates(claims, dateMs, skewMs);
  if (problem !== undefined) return problem;
  if (claims.fileId !== use.fileId) return 'file';
  const method = use.method === 'HEAD' ? 'GET' : use.method;
  return claims.method === method ? undefined : 'method';
}

/** Whether it is too soon or too late for something signed. Clocks may be `skewMs` apart. */
export function problemWithDates({ notBeforeMs, expiresAtMs }: Validity, dateMs: number, skewMs: number): 'early' | 'expired' | undefined {
  if (dateMs < notBeforeMs - skewMs) return 'early';
  return dateMs >= expiresAtMs + skewMs ? 'expired' : undefined;
}

/** A file's reads as who serves it allows them. */
export interface ReadGuard {
  /** Undefined when the token is good for it. */
  problemWith(token: string | undefined, use: TokenUse): TokenProblem | undefined;
}
