import type { PlaylistEntry } from '../../protocol/playlist.ts';
import { limits } from '../../protocol/limits.ts';
import type { CentralState } from './state.ts';

/** The whole catalogue in order of name, a page at a time. */
export async function* readLibrary({ catalog }: CentralState): AsyncGenerator<readonly PlaylistEntry[]> {
  for (let after: string | undefined; ; ) {
    const { items, next } = await catalog.list({ limit: limits.pageMaxItems, after });
    const details = await catalog.details(items.map(({ id }) => id));
    yield items.map(({ id, name }) => ({ id, name, ...details.get(id) }));
    if (next === undefined) return;
    after = next;
  }
}
