import type { IncomingMessage } from 'node:http';
import { isFileId } from '../../domain/file.ts';
import { assertMay, type AccessRules } from '../../domain/roles.ts';
import type { Sessions } from '../../domain/sessions.ts';
import type { ReadGuard } from '../../domain/tokens.ts';
import { queryOf } from '../../protocol/data.ts';
import type { WantedRoute } from '../../protocol/roles.ts';
import { sessionIn } from '../../protocol/session-cookie.ts';
import { tokenInQuery } from '../../protocol/token.ts';

/** Who may ask for what, and what proves it. */
export interface AccessGuards {
  /** Without them everybody may ask for everything. */
  readonly access?: AccessRules | undefined;
  /** Those of browsers; without them no cookie is worth anything. */
  readonly sessions?: Sessions | undefined;
  /** Without it no token for a file is worth anything. */
  readonly tokens?: ReadGuard | undefined;
}

/** Lets a request pass to the route that it wants. @throws VideoError `unauthorized`, `role_required` */
export function assertLetIn({ access, proofs }: WantedRoute, request: IncomingMessage, guards: AccessGuards): void {
  if (proofs.includes('token') && showsToken(request, guards.tokens)) return;
  const session = proofs.includes('session') ? sessionIn(request.headers.cookie) : undefined;
  const sessionRole = session === undefined ? undefined : guards.sessions?.roleIn(session);
  assertMay(access, { authorization: request.headers.authorization, sessionRole }, guards.access);
}

/** A good one for just the file that is asked for. */
function showsToken({ url, method }: IncomingMessage, tokens: ReadGuard | undefined): boolean {
  const fileId = queryOf(url!).get('id') ?? '';
  const token = tokenInQuery(url!);
  return token !== undefined && isFileId(fileId) && tokens !== undefined && tokens.problemWith(token, { fileId, method: method! }) === undefined;
}
