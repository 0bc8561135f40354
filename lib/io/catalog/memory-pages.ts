import type { Page, Video, VideoOrder } from '../../domain/catalog.ts';
import { formatPageCursor, parsePageCursor, type PageCursor } from '../../domain/page-cursor.ts';
import { compareCodePoints } from './code-points.ts';

/** A page of all these videos, the newest or the largest first. */
export function pageInOrder(
  videos: readonly Video[],
  order: Exclude<VideoOrder, 'name'>,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Page<Video> {
  const cursorOf = ({ name, addedAtMs, sizeBytes }: Video): PageCursor => ({ name, value: order === 'date' ? addedAtMs : sizeBytes });
  const begin = after === undefined ? undefined : parsePageCursor(after);
  const rest = videos
    .filter(video => !begin || descending(cursorOf(video), begin) > 0)
    .toSorted((a, b) => descending(cursorOf(a), cursorOf(b)));
  const items = rest.slice(0, limit);
  return { items, next: rest.length > limit ? formatPageCursor(cursorOf(items.at(-1)!)) : undefined };
}

function descending(a: PageCursor, b: PageCursor): number {
  return b.value - a.value || compareCodePoints(b.name, a.name);
}
