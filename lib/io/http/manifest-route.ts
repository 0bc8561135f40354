import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Manifest } from '../../domain/manifest.ts';
import { DATA_METHODS, queryOf } from '../../protocol/data.ts';
import { limits } from '../../protocol/limits.ts';
import { isReading, sendError, sendJson } from './data-answer.ts';

/** What a peer tells of the files of its folder, by name. */
export interface ManifestOffers {
  /** `reading` while the file is being read for the first time; undefined when there is none of that name. */
  find(name: string): Promise<Manifest | 'reading' | undefined>;
  /** Whether who asks could download now. */
  hasRoom(): boolean;
}

/** Answers `GET|HEAD /manifest?name=NAME`. */
export async function answerManifest(request: IncomingMessage, response: ServerResponse, offers: ManifestOffers): Promise<void> {
  if (!isReading(request)) {
    sendError(response, 'method_not_allowed', { allowed: DATA_METHODS }, { Allow: DATA_METHODS.join(', ') });
    return;
  }
  const name = queryOf(request.url ?? '').get('name') ?? '';
  const found = await offers.find(name);
  if (!found) sendError(response, 'file_not_found', { name });
  else if (!offers.hasRoom()) sendError(response, 'peer_refused', {});
  else if (found === 'reading') sendError(response, 'file_not_read_yet', { name }, { 'Retry-After': limits.notReadRetryAfterS });
  else sendJson(response, 200, found);
}
