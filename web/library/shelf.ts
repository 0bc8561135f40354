import { api, type ListedVideo, type Order } from '../api.ts';
import { isAbort } from '../problem.ts';
import { createStore } from '../store.ts';

/** What the library shows, and how far it was read. It outlives the view: who comes back finds their place. */
export interface Shelf {
  readonly query: string;
  readonly order: Order;
  readonly items: readonly ListedVideo[];
  readonly next: string | undefined;
  readonly state: 'idle' | 'loading' | 'failed';
  readonly error: unknown;
  readonly totals: { readonly videos: number; readonly bytes: number } | undefined;
  /** Copies of each file that are wanted. */
  readonly wanted: number;
}

const PAGE_ITEMS = 60;
/** Behind the first, so that a fast hand does not outrun the central. */
const NEXT_PAGE_ITEMS = 500;
const TYPING_MS = 180;
const REFRESH_MAX_ITEMS = 600;

export const shelf = createStore<Shelf>({ query: '', order: 'name', items: [], next: undefined, state: 'idle', error: undefined, totals: undefined, wanted: 3 });

let reading = new AbortController();
let typing: ReturnType<typeof setTimeout> | undefined;
let wasRead = false;
/** The last page that was asked for. */
let asked: { readonly after: string | undefined; readonly limit: number } = { after: undefined, limit: PAGE_ITEMS };
/** Where the page was when the library was left. */
export const place = { scrollY: 0 };

/** From the first page on, unless it is here. */
export function openShelf(): void {
  if (!wasRead) readAnew();
  else void refresh();
}

/** As a person types: what was asked before is of no interest any more. */
export function searchFor(query: string): void {
  shelf.update(now => ({ ...now, query }));
  clearTimeout(typing);
  typing = setTimeout(readAnew, TYPING_MS);
}

export function orderBy(order: Order): void {
  shelf.update(now => ({ ...now, order }));
  readAnew();
}

export function readAnew(): void {
  clearTimeout(typing);
  place.scrollY = 0;
  wasRead = true;
  void read(undefined, PAGE_ITEMS);
  void readTotals();
}

/** The next page, if there is one and it is not on its way. */
export function readMore(): void {
  const { next, state } = shelf.get();
  if (next !== undefined && state === 'idle') void read(next, NEXT_PAGE_ITEMS);
}

/** For now and then: what failed is asked for again, and what others changed is seen, unless so much was read that it would take long. */
export function lookAgain(): void {
  const { state, items } = shelf.get();
  if (state === 'failed') {
    void readTotals();
    void read(asked.after, asked.limit, { isQuiet: true });
  } else if (state === 'idle' && items.length <= REFRESH_MAX_ITEMS) void refresh();
}

/** Something changed: the same again, as far as it was read. */
export async function refresh(): Promise<void> {
  if (!wasRead) return;
  void readTotals();
  const { items } = shelf.get();
  await read(undefined, Math.min(REFRESH_MAX_ITEMS, Math.max(PAGE_ITEMS, items.length)), { isQuiet: true });
}

async function read(after: string | undefined, limit: number, { isQuiet = false } = {}): Promise<void> {
  reading.abort();
  reading = new AbortController();
  asked = { after, limit };
  const { signal } = reading;
  const { query, order } = shelf.get();
  if (!isQuiet) shelf.update(now => ({ ...now, state: 'loading', error: undefined }));
  try {
    const words = query.trim();
    const page = words === '' ? await api.list(order, { after, limit }, signal) : await api.search(words, { after, limit }, signal);
    shelf.update(now => ({
      ...now,
      items: after === undefined ? page.items : [...now.items, ...page.items],
      next: page.next,
      state: 'idle',
      error: undefined,
    }));
  } catch (error) {
    if (!isAbort(error)) shelf.update(now => ({ ...now, state: 'failed', error }));
  }
}

async function readTotals(): Promise<void> {
  try {
    const [{ videos, bytes }, { replicas }] = await Promise.all([api.health(), api.nodes()]);
    shelf.update(now => ({ ...now, totals: { videos, bytes }, wanted: replicas }));
  } catch {
    // The list says what is wrong.
  }
}
