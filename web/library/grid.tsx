import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useSpeech } from '../language.ts';
import { GridCell } from './grid-cell.tsx';
import { gridWindow, placeOf, type GridWindow } from './grid-window.ts';
import { place, readMore, type Shelf } from './shelf.ts';

/** The next page is asked for so long before it is needed. */
const ROWS_AHEAD = 40;

/** Draws what is in sight of however many cards. */
export function Grid({ shelf: { items, next, wanted } }: { readonly shelf: Shelf }) {
  const { text } = useSpeech();
  const list = useRef<HTMLUListElement>(null);
  const count = items.length;
  const [grid, setGrid] = useState<GridWindow>();
  // Before anything looks where the page is now.
  useLayoutEffect(() => {
    const left = place.scrollY;
    // The height comes with the first drawing.
    requestAnimationFrame(() => scrollTo(0, left));
  }, []);
  useLayoutEffect(() => {
    const look = () => {
      const { width, top } = list.current!.getBoundingClientRect();
      place.scrollY = scrollY;
      const now = gridWindow({ count, width, scrolled: Math.max(0, -top), viewHeight: innerHeight });
      setGrid(before => (before && isSame(before, now) ? before : now));
    };
    look();
    const watcher = new ResizeObserver(look);
    watcher.observe(list.current!);
    addEventListener('scroll', look, { passive: true });
    return () => {
      watcher.disconnect();
      removeEventListener('scroll', look);
    };
  }, [count]);
  useEffect(() => {
    if (grid && next !== undefined && grid.end > count - ROWS_AHEAD * grid.columns) readMore();
  }, [grid, count, next]);
  const setSize = next === undefined ? count : -1;
  return (
    <ul ref={list} class="grid" aria-label={text.library.list} style={{ height: `${grid?.totalHeight ?? 0}px` }} onKeyDown={event => moveFocus(event, grid?.columns ?? 1)}>
      {grid && items.slice(grid.first, grid.end).map((video, offset) => {
        const index = grid.first + offset;
        return <GridCell key={video.name} video={video} wanted={wanted} index={index} setSize={setSize} width={grid.cardWidth} height={grid.cardHeight} {...placeOf(index, grid)} />;
      })}
    </ul>
  );
}

function isSame(one: GridWindow, other: GridWindow): boolean {
  return (Object.keys(one) as (keyof GridWindow)[]).every(key => one[key] === other[key]);
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
