import { hkdfSync } from 'node:crypto';
import { VideoError } from '../base/errors.ts';
import { carriesSecret } from './access.ts';

/** What a secret lets its bearer do; each has a secret of its own. */
export const roles = ['reader', 'uploader', 'node', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Who may ask: those of a role, uploaders as well as nodes (`contributor`), or whoever comes. */
export type Access = Role | 'contributor' | 'anyone';

/** A node reads what it copies, and who uploads sees what is there; neither is the other. */
const powers: { readonly [R in Role]: readonly Role[] } = {
  reader: ['reader'],
  uploader: ['reader', 'uploader'],
  node: ['reader', 'node'],
  admin: roles,
};

export type RoleSecrets = { readonly [R in Role]: string };

export interface AccessRules {
  readonly secrets: RoleSecrets;
  /** Whoever comes is a reader. */
  readonly isReadingOpen: boolean;
}

const SALT = 'videopartes';
const SECRET_BYTES = 24;

/**
 * The secrets of all roles out of that of the admin (HKDF, RFC 5869): always the same ones, and none of them tells
 * another. They are as hard to guess as the admin's is.
 */
export function roleSecrets(admin: string): RoleSecrets {
  const derived = (role: Role) => Buffer.from(hkdfSync('sha256', admin, SALT, `role:${role}`, SECRET_BYTES)).toString('hex');
  return { reader: derived('reader'), uploader: derived('uploader'), node: derived('node'), admin };
}

/** What somebody proves a role with. */
export interface RoleProof {
  /** The field, with a secret. */
  readonly authorization?: string | undefined;
  /** Of a session; counts only for who shows no secret. */
  readonly sessionRole?: Role | undefined;
}

/** Whose secret an `Authorization` field carries. */
export function roleOf(authorization: string | undefined, secrets: RoleSecrets): Role | undefined {
  return roles.find(role => carriesSecret(authorization, secrets[role]));
}

/**
 * Lets pass who may ask. Without rules everybody may: only this machine can ask.
 *
 * @throws VideoError `unauthorized` when no known secret or session came, `role_required` when it is one of another role
 */
export function assertMay(needed: Access, { authorization, sessionRole }: RoleProof, rules: AccessRules | undefined): void {
  if (!rules || needed === 'anyone' || (needed === 'reader' && rules.isReadingOpen)) return;
  const role = authorization === undefined ? sessionRole : roleOf(authorization, rules.secrets);
  if (role === undefined) throw new VideoError('unauthorized', {});
  const enough: readonly [Role, ...Role[]] = needed === 'contributor' ? ['uploader', 'node'] : [needed];
  if (!enough.some(one => powers[role].includes(one))) throw new VideoError('role_required', { role: enough[0] });
}
