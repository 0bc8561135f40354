import { Resolver } from 'node:dns/promises';
import { systemCodeOf, VideoError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { CentralDirectory } from '../../domain/central-directory.ts';
import { orderServices } from '../../domain/service-order.ts';
import { limits } from '../../protocol/limits.ts';

const HOST = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i;

export interface SrvDirectoryOptions {
  /** Draws among centrals of the same priority. */
  readonly random: Random;
  /** DNS servers as `IP:PORT`; those of the system unless told. */
  readonly servers?: readonly string[];
}

/**
 * The SRV records of a name, `_videopartes._tcp.example.org`, in the order of RFC 2782. Node does not tell how long they
 * live: they are used for `limits.srvFreshMs`, and the resolver of the system keeps to their own time.
 */
export function srvDirectory(service: string, { random, servers }: SrvDirectoryOptions): CentralDirectory {
  const absent = (reason: string, cause?: unknown) => new VideoError('central_not_in_dns', { service, reason }, { cause });
  return {
    name: `srv:${service}`,
    freshMs: limits.srvFreshMs,
    async locate({ signal } = {}) {
      signal?.throwIfAborted();
      const resolver = new Resolver({ timeout: limits.srvTimeoutMs, tries: 1 });
      if (servers) resolver.setServers(servers);
      const onAbort = () => resolver.cancel();
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        const records = await resolver.resolveSrv(service);
        // A single record for `.` says that there is no such service there (RFC 2782); labels may have any character.
        const places = records.filter(({ name, port }) => HOST.test(name) && port > 0).map(({ name, ...rest }) => ({ host: name, ...rest }));
        if (places.length === 0) throw absent('ENODATA');
        return [...new Set(orderServices(places, random).map(({ host, port }) => `http://${host}:${port}`))];
      } catch (error) {
        signal?.throwIfAborted();
        throw error instanceof VideoError ? error : absent(systemCodeOf(error) ?? String(error), error);
      } finally {
        signal?.removeEventListener('abort', onAbort);
      }
    },
  };
}
