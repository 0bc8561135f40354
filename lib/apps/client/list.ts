import { foldText } from '../../domain/search-text.ts';
import type { VideoOrder } from '../../domain/catalog.ts';
import type { ControlClient, ListedVideo } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';

interface ListOptions {
  /** Only videos of which the name or the title contains each word of it. */
  readonly text?: string;
  /** Of a list; what is searched comes in order of name. */
  readonly order?: VideoOrder;
  readonly signal: AbortSignal;
}

/** Every video of the catalogue, or those found; in order of name unless told otherwise, asked for page by page. */
export async function listVideos(control: ControlClient, { text, order, signal }: ListOptions): Promise<readonly ListedVideo[]> {
  const videos: ListedVideo[] = [];
  let after: string | undefined;
  do {
    const query = { limit: limits.pageMaxItems, ...(after !== undefined && { after }) };
    const page =
      text === undefined
        ? await control.videos.list({ ...query, ...(order !== undefined && { order }) }, { signal })
        : await control.videos.search({ ...query, q: text }, { signal });
    videos.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return videos;
}

/** Some of the names that begin as typed, whatever the accents and the case. */
export async function namesLike(typed: string, control: ControlClient, signal: AbortSignal): Promise<readonly string[]> {
  const q = [...typed].slice(0, limits.searchTextMaxLength).join('');
  const { items } = await control.videos.search({ q, limit: limits.pageMaxItems }, { signal });
  const wanted = foldText(typed);
  return items.map(({ name }) => name).filter(name => foldText(name).startsWith(wanted));
}
