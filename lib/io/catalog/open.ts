import { VideoError } from '../../base/errors.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { MemoryCatalog } from './memory.ts';
import { isPostgresUrl, withoutPassword } from './postgres-url.ts';
import { openSqliteCatalog } from './sqlite.ts';

const SQLITE = 'sqlite:';
export const CATALOG_URLS = 'sqlite:PATH, postgres://USER@HOST/NAME';

/**
 * The catalogue behind a URL: `sqlite:PATH`, `postgres://…`, or `memory:` for one that ends with its process.
 *
 * @throws VideoError `invalid_flag` for another scheme; what the implementation throws
 */
export async function openCatalog(url: string, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Catalog> {
  signal?.throwIfAborted();
  if (url === 'memory:') return new MemoryCatalog();
  if (url.startsWith(SQLITE) && url !== SQLITE) return openSqliteCatalog(url.slice(SQLITE.length), { signal });
  if (isPostgresUrl(url)) {
    // Its driver is a large one, and most centrals need none.
    const { openPostgresCatalog } = await import('./postgres.ts');
    return openPostgresCatalog(url, { signal });
  }
  throw new VideoError('invalid_flag', { flag: '--base-datos', value: withoutPassword(url), expected: CATALOG_URLS });
}
