import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Remuxer } from '../../domain/remux.ts';
import type { ServedFile } from '../../domain/served-files.ts';
import { remuxHeaders } from '../../protocol/stream.ts';
import { setHead } from './data-answer.ts';
import { createWriter } from './pump.ts';

/** Sends a film as MP4 while it is made, no faster than it is taken. Ends with the thread, however it ends. */
export async function answerRemuxed(
  file: ServedFile,
  request: IncomingMessage,
  response: ServerResponse,
  { remuxer, fromS, signal }: { readonly remuxer: Remuxer; readonly fromS: number; readonly signal: AbortSignal },
): Promise<void> {
  await using film = await remuxer.open(file, { fromS, signal });
  setHead(response, 200, remuxHeaders(file.manifest.name, film.contentType));
  if (request.method !== 'HEAD') {
    const write = createWriter(response);
    for await (const bytes of film.fragments) if (!(await write(bytes))) return;
  }
  response.end();
}
