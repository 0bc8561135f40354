import type { Role } from './roles.ts';
import type { Validity } from './tokens.ts';

/** What a session says of who has it: somebody who showed the secret of this role. It is good for reading, and for nothing else. */
export interface SessionClaims extends Validity {
  readonly role: Role;
}

export interface OpenedSession {
  /** What a browser shows from then on; the secret is not in it. */
  readonly token: string;
  readonly claims: SessionClaims;
  /** A new one is to be asked for after so long, well before this one ends. */
  readonly renewInMs: number;
}

/** Sessions of browsers, which by themselves send cookies and no secret. None is remembered: what was signed says all. */
export interface Sessions {
  open(role: Role): OpenedSession;
  /** Undefined for what is no session of ours, or none any more. */
  roleIn(token: string): Role | undefined;
}
