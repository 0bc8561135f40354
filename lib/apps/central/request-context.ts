import { VideoError } from '../../base/errors.ts';
import { carriesSecret } from '../../domain/access.ts';
import type { CentralState } from './state.ts';

/** What a handler knows of the request besides its input. */
export interface RequestContext {
  readonly remoteAddress: string;
  readonly authorization: string | undefined;
}

/** @throws VideoError `unauthorized` when the central has a secret and the request does not carry it */
export function requireSecret({ secret }: CentralState, { authorization }: Pick<RequestContext, 'authorization'>): void {
  if (secret !== undefined && !carriesSecret(authorization, secret)) throw new VideoError('unauthorized', {});
}
