import { VideoError } from '../../base/errors.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { MemoryCatalog } from './memory.ts';
import { openSqliteCatalog } from './sqlite.ts';

const SQLITE = 'sqlite:';

/**
 * The catalogue behind a URL: `sqlite:PATH`, or `memory:` for one that ends with its process.
 *
 * @throws VideoError `invalid_flag` for another scheme; what the implementation throws
 */
export async function openCatalog(url: string, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Catalog> {
  signal?.throwIfAborted();
  if (url === 'memory:') return new MemoryCatalog();
  if (url.startsWith(SQLITE) && url !== SQLITE) return openSqliteCatalog(url.slice(SQLITE.length), { signal });
  throw new VideoError('invalid_flag', { flag: '--base-datos', value: url, expected: 'sqlite:PATH' });
}
