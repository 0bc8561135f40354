import { useEffect } from 'preact/hooks';
import { formatBytes } from '../../lib/base/units.ts';
import type { Order } from '../api.ts';
import { formatCount } from '../format.ts';
import { useSpeech } from '../language.ts';
import { sentenceOf } from '../problem.ts';
import { useStore } from '../store.ts';
import { Icon } from '../ui/icons.tsx';
import { Notice } from '../ui/notice.tsx';
import { ChooseFiles } from '../upload/choose-files.tsx';
import { Grid } from './grid.tsx';
import { keepFresh } from './keep-fresh.ts';
import { openShelf, orderBy, readAnew, searchFor, shelf } from './shelf.ts';

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
        {!isSearching && items.length > 0 && <a class="toolbar-list" href="/library.m3u" download>{text.library.playlist}</a>}
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
