import type { PlaylistEntry } from '../../protocol/playlist.ts';
import { limits } from '../../protocol/limits.ts';
import type { CentralState } from './state.ts';

/** The whole catalogue in order of name, a page at a time, each with its token where not everybody may read. */
export async function* readLibrary({ catalog, access, mint }: CentralState): AsyncGenerator<readonly PlaylistEntry[]> {
  const isGuarded = access !== undefined && !access.isReadingOpen;
  for (let after: string | undefined; ; ) {
    const { items, next } = await catalog.list({ limit: limits.pageMaxItems, after });
    const details = await catalog.details(items.map(({ id }) => id));
    yield items.map(({ id, name }) => ({ id, name, ...details.get(id), ...(isGuarded && { token: mint.tokenFor(id) }) }));
    if (next === undefined) return;
    after = next;
  }
}
