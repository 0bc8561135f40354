import { systemRandom, type Random } from '../../base/random.ts';
import type { CentralDirectory } from '../../domain/central-directory.ts';
import { fixedDirectory } from './fixed.ts';
import { joinedDirectory } from './joined.ts';
import { srvDirectory } from './srv.ts';

export interface CentralDirectoryOptions {
  readonly random?: Random;
}

/**
 * The directory of places as `centralUrlsOf` gives them: `http://HOST:PORT`, `srv:NAME`, `mdns:` or `mdns:LABEL`.
 * Opening looks nothing up.
 */
export function openCentralDirectory(places: readonly string[], { random = systemRandom }: CentralDirectoryOptions = {}): CentralDirectory {
  return joinedDirectory(places.map(place => directoryOf(place, random)));
}

function directoryOf(place: string, random: Random): CentralDirectory {
  const [, scheme, name = ''] = /^(srv|mdns):(.*)$/.exec(place) ?? [];
  if (scheme === 'srv') return srvDirectory(name, { random });
  if (scheme === 'mdns') return lazy(`mdns:${name}`, async () => (await import('./mdns.ts')).mdnsDirectory(name || undefined, { random }));
  return fixedDirectory([place]);
}

/** What speaks mDNS is read only by who asks for it. */
function lazy(name: string, open: () => Promise<CentralDirectory>): CentralDirectory {
  let opened: Promise<CentralDirectory> | undefined;
  return {
    name,
    freshMs: undefined,
    async locate(options) {
      opened ??= open();
      return (await opened).locate(options);
    },
  };
}
