import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../../../base/log.ts';
import type { UploadDesk } from '../../../domain/incoming-uploads.ts';
import type { ReadGuard } from '../../../domain/tokens.ts';
import { pathOf } from '../../../protocol/data.ts';
import { tokenIn } from '../../../protocol/token.ts';
import { UPLOAD_METHOD, uploadIdAsked } from '../../../protocol/uploads.ts';
import { sendRefusal } from '../token-refusal.ts';

export interface UploadHandlerOptions {
  /** Who may send what; without it, everybody everything. */
  readonly guard: ReadGuard | undefined;
  readonly log: Log;
}

/** Takes files at `/uploads`. What speaks the protocol is loaded with the first of them: many nodes never get one. */
export function openUploadHandler(desk: UploadDesk, { guard, log }: UploadHandlerOptions) {
  let loading: Promise<(request: IncomingMessage, response: ServerResponse) => Promise<void>> | undefined;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url = '', headers } = request;
    const uploadId = uploadIdAsked(pathOf(url), headers['upload-metadata'] as string | undefined);
    const problem = guard?.problemWith(tokenIn(headers.authorization, url), { fileId: uploadId ?? '', method: UPLOAD_METHOD });
    if (problem !== undefined) {
      sendRefusal(response, problem);
      return;
    }
    loading ??= import('./tus-server.ts').then(({ createUploadHandler }) => createUploadHandler(desk, { log }));
    const handle = await loading;
    await handle(request, response);
  };
}
