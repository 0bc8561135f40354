import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../../../base/log.ts';
import { carriesSecret } from '../../../domain/access.ts';
import type { UploadDesk } from '../../../domain/incoming-uploads.ts';
import { sendError } from '../data-answer.ts';

export interface UploadHandlerOptions {
  /** What senders must prove; undefined where only this machine can ask. */
  readonly secret: string | undefined;
  readonly log: Log;
}

/** Takes files at `/uploads`. What speaks the protocol is loaded with the first of them: many nodes never get one. */
export function openUploadHandler(desk: UploadDesk, { secret, log }: UploadHandlerOptions) {
  let loading: Promise<(request: IncomingMessage, response: ServerResponse) => Promise<void>> | undefined;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (secret !== undefined && !carriesSecret(request.headers.authorization, secret)) {
      sendError(response, 'unauthorized', {}, { 'WWW-Authenticate': 'Bearer' });
      return;
    }
    loading ??= import('./tus-server.ts').then(({ createUploadHandler }) => createUploadHandler(desk, { log }));
    const handle = await loading;
    await handle(request, response);
  };
}
