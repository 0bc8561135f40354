import { Agent } from 'node:http';
import { systemClock } from '../../base/clock.ts';
import { systemCodeOf, VideoError } from '../../base/errors.ts';
import type { OfferedPeer } from '../../domain/download/peer-circle.ts';
import { HeldParts } from '../../domain/held-parts.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { partsPath } from '../../protocol/data.ts';
import { limits } from '../../protocol/limits.ts';
import { requestJson } from './json-request.ts';
import { refusal } from './refusal.ts';

/** Asks peers, again and again, which parts of one file they have; disposing closes what is open. */
export interface PeerParts extends Disposable {
  /**
   * @throws VideoError `source_unreachable`, `source_refused`, also when it has nothing of the file, `source_protocol`; or the
   * signal's reason
   */
  ask(peer: OfferedPeer, options: { readonly signal: AbortSignal }): Promise<HeldParts>;
}

export function openPeerParts({ id, partHashes }: Pick<Manifest, 'id' | 'partHashes'>): PeerParts {
  const agent = new Agent({ keepAlive: true });
  const count = partHashes.length;
  // The bitfield in base64, and a few names.
  const maxBytes = count + limits.headerMaxBytes;

  return {
    async ask({ address, token }, { signal }) {
      const url = new URL(`http://${address}${partsPath(id)}`);
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const answer = requestJson({ url, method: 'GET', headers, agent, timeoutMs: limits.reachTimeoutMs, maxBytes, signal });
      const { status, headers: fields, body } = await answer.catch((error: unknown) => {
        signal.throwIfAborted();
        throw new VideoError('source_unreachable', { source: address, reason: systemCodeOf(error) ?? (error as Error).message }, { cause: error });
      });
      // A server that does not know the question has nothing but whole files.
      if (status === 404 && !isAboutFile(body)) return new HeldParts(count, partHashes.keys());
      if (status !== 200) throw refusal(address, status, fields['retry-after'], systemClock.date());
      const { held } = (body ?? {}) as { readonly held?: unknown };
      const parts = typeof held === 'string' ? HeldParts.parse(held, count) : undefined;
      if (!parts) throw new VideoError('source_protocol', { source: address, reason: 'parts' });
      return parts;
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** Whether it is the file that is not there, and not the route. */
function isAboutFile(body: unknown): boolean {
  const { details } = (body ?? {}) as { readonly details?: { readonly what?: unknown } };
  return details?.what === 'file';
}
