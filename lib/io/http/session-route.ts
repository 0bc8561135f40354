import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { roleOf, type AccessRules } from '../../domain/roles.ts';
import type { Sessions } from '../../domain/sessions.ts';
import { formatEndedCookie, formatSessionCookie, SESSION_PATH } from '../../protocol/session-cookie.ts';

/**
 * `/sesion`: who shows a secret gets a cookie with which the browser reads what it asks for by itself: films, pictures,
 * what is downloaded. Nothing is kept here, so that ending a session is forgetting it.
 */
export function serveSessions(app: FastifyInstance, sessions: Sessions, access: AccessRules | undefined): void {
  app.post(SESSION_PATH, ({ raw }, reply) => {
    // Where reading is open, who shows no secret is a reader.
    const role = (access && roleOf(raw.headers.authorization, access.secrets)) ?? 'reader';
    const { token, claims, renewInMs } = sessions.open(role);
    return reply
      .headers({ 'Set-Cookie': formatSessionCookie(token, { isSecure: isSecure(raw) }), 'Cache-Control': 'no-store' })
      .send({ role, expiresAtMs: claims.expiresAtMs, renewInMs });
  });
  app.delete(SESSION_PATH, ({ raw }, reply) => reply.status(204).header('Set-Cookie', formatEndedCookie({ isSecure: isSecure(raw) })).send());
}

/** Whether the browser speaks HTTPS, with this end or, as its `Origin` says, with a proxy before it. */
function isSecure({ headers: { origin }, socket }: IncomingMessage): boolean {
  return socket instanceof TLSSocket || origin?.startsWith('https:') === true;
}
