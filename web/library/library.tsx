import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Order } from '../api.ts';
import { formatBytes, formatCount } from '../format.ts';
import { useSpeech } from '../language.ts';
import { sentenceOf } from '../problem.ts';
import { useStore } from '../store.ts';
import { Icon } from '../ui/icons.tsx';
import { Notice } from '../ui/notice.tsx';
import { ChooseFiles } from '../upload/choose-files.tsx';
import { VideoCard } from './card.tsx';
import { gridWindow } from './grid-window.ts';
import { keepFresh } from './keep-fresh.ts';
import { openShelf, orderBy, place, readAnew, readMore, searchFor, shelf, type Shelf } from './shelf.ts';

/** The next page is asked for so long before it is needed. */
const ROWS_AHEAD = 40;
const ORDERS: readonly Order[] = ['name', 'date', 'size'];

export function Library() {
  const { text, language } = useSpeech();
  const now = useStore(shelf);
  const { query, order, items, next, state, error, totals } = now;
  useEffect(openShelf, []);
  useEffect(keepFresh, []);
  const words = query.trim();
  const isSearching = words !== '';
  const summary = isSearching ? text.library.found(items.length, next !== undefined) : totals && text.library.total(totals.videos, formatCount(totals.videos, language), formatBytes(totals.bytes, language));
  return (
    <>
      <h1 class="unseen">{text.nav.library}</h1>
      <search class="toolbar">
        <label class="search">
          <Icon name="search" />
          <span class="unseen">{text.library.search}</span>
          <input type="search" placeholder={text.library.search} value={query} maxLength={200} autocomplete="off" spellcheck={false} onInput={event => searchFor(event.currentTarget.value)} />
        </label>
        <p class="toolbar-summary" role="status" aria-live="polite">{state === 'loading' && items.length === 0 ? text.loading : summary}</p>
        {!isSearching && (
          <label class="toolbar-order">
            <span class="unseen">{text.library.order}</span>
            <select class="select" value={order} onChange={event => orderBy(event.currentTarget.value as Order)}>
              {ORDERS.map(one => <option key={one} value={one}>{text.library.orders[one]}</option>)}
            </select>
          </label>
        )}
      </search>
      {state === 'failed' && (
        <Notice title={text.errors.title} text={sentenceOf(error, text)} tone="danger">
          <button class="button" type="button" onClick={readAnew}>{text.actions.retry}</button>
        </Notice>
      )}
      {items.length > 0 && <Grid shelf={now} />}
      {items.length === 0 && state === 'idle' && isSearching && (
        <Notice title={text.library.noMatchTitle} text={text.library.noMatchText} icon="search">
          <button class="button" type="button" onClick={() => searchFor('')}>{text.library.clearSearch}</button>
        </Notice>
      )}
      {items.length === 0 && state === 'idle' && !isSearching && totals && (
        <Notice title={text.library.emptyTitle} text={text.library.emptyText}><ChooseFiles /></Notice>
      )}
    </>
  );
}

/** Draws what is in sight of however many cards. */
function Grid({ shelf: { items, next, wanted } }: { readonly shelf: Shelf }) {
  const { text } = useSpeech();
  const list = useRef<HTMLUListElement>(null);
  const [seen, setSeen] = useState({ width: 0, scrolled: 0, viewHeight: innerHeight });
  useLayoutEffect(() => {
    const look = () => {
      const box = list.current!.parentElement!.getBoundingClientRect();
      const scrolled = Math.max(0, -box.top);
      place.scrollY = scrollY;
      setSeen(before => {
        const isSame = before.width === box.width && before.scrolled === scrolled && before.viewHeight === innerHeight;
        return isSame ? before : { width: box.width, scrolled, viewHeight: innerHeight };
      });
    };
    const left = place.scrollY;
    look();
    const watcher = new ResizeObserver(look);
    watcher.observe(list.current!.parentElement!);
    addEventListener('scroll', look, { passive: true });
    // The height comes with the first drawing.
    requestAnimationFrame(() => scrollTo(0, left));
    return () => {
      watcher.disconnect();
      removeEventListener('scroll', look);
    };
  }, []);
  const grid = gridWindow({ count: items.length, ...seen });
  useEffect(() => {
    if (next !== undefined && grid.end > items.length - ROWS_AHEAD * grid.columns) readMore();
  }, [grid.end, items.length, next]);
  return (
    <div class="shelf" style={{ height: `${grid.totalHeight}px` }}>
      <ul
        ref={list}
        class="grid"
        aria-label={text.library.list}
        style={{ transform: `translateY(${grid.top}px)`, gridTemplateColumns: `repeat(${grid.columns}, minmax(0, 1fr))`, gridAutoRows: `${grid.rowHeight}px` }}
        onKeyDown={event => moveFocus(event, grid.columns)}
      >
        {seen.width > 0 && items.slice(grid.first, grid.end).map((video, index) => (
          <li key={video.name} aria-setsize={next === undefined ? items.length : -1} aria-posinset={grid.first + index + 1}>
            <VideoCard video={video} wanted={wanted} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Arrows go from card to card. */
function moveFocus(event: KeyboardEvent & { readonly currentTarget: HTMLElement }, columns: number): void {
  const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
  const step = steps[event.key];
  if (step === undefined) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a')];
  const target = links[links.indexOf(document.activeElement as HTMLElement) + step];
  if (!target) return;
  event.preventDefault();
  target.focus();
}
