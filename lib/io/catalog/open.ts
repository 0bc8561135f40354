import { VideoError } from '../../base/errors.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { MemoryCatalog } from './memory.ts';
import { openSqliteCatalog } from './sqlite.ts';

/**
 * The catalogue behind a URL: `sqlite:PATH`, or `memory:` for one that ends with its process.
 *
 * @throws VideoError `invalid_flag` for another scheme; what the implementation throws
 */
export async function openCatalog(url: string): Promise<Catalog> {
  if (url === 'memory:') return new MemoryCatalog();
  if (url.startsWith('sqlite:') && url !== 'sqlite:') return openSqliteCatalog(url.slice('sqlite:'.length));
  throw new VideoError('invalid_flag', { flag: '--base-datos', value: url, expected: 'sqlite:PATH' });
}
