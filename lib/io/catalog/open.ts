import type { Catalog } from '../../domain/catalog.ts';
import { MemoryCatalog } from './memory.ts';
import { isPostgresUrl } from './postgres-url.ts';
import { openSqliteCatalog } from './sqlite.ts';
import { sqlitePathOf, unknownCatalog } from './urls.ts';

/**
 * The catalogue behind a URL: `sqlite:PATH`, `postgres://…`, or `memory:` for one that ends with its process.
 *
 * @throws VideoError `invalid_flag` for another scheme; what the implementation throws
 */
export async function openCatalog(url: string, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Catalog> {
  signal?.throwIfAborted();
  if (url === 'memory:') return new MemoryCatalog();
  const path = sqlitePathOf(url);
  if (path !== undefined) return openSqliteCatalog(path, { signal });
  if (isPostgresUrl(url)) {
    // Its driver is a large one, and most centrals need none.
    const { openPostgresCatalog } = await import('./postgres.ts');
    return openPostgresCatalog(url, { signal });
  }
  throw unknownCatalog('--base-datos', url);
}
