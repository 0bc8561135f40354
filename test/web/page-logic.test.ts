import test from 'ava';
import { gridWindow, placeOf } from '../../web/library/grid-window.ts';
import { formatRoute, parseRoute, type Route } from '../../web/route.ts';
import { Rate } from '../../web/upload/rate.ts';

test('of 100 000 videos only those in sight are drawn, wherever the page stands', t => {
  const count = 100_000;
  const { totalHeight, columns, cardHeight, gap } = gridWindow({ count, width: 1400, scrolled: 0, viewHeight: 900 });
  const rowHeight = cardHeight + gap;
  t.is(Math.ceil(totalHeight / rowHeight), Math.ceil(count / columns));
  for (let scrolled = 0; scrolled <= totalHeight; scrolled += 123_457) {
    const grid = gridWindow({ count, width: 1400, scrolled, viewHeight: 900 });
    const { first, end } = grid;
    const { top } = placeOf(first, grid);
    t.true(end - first <= columns * 10, `${end - first} cards at ${scrolled}`);
    t.true(top <= scrolled && first % columns === 0);
    t.true(end === count || top + ((end - first) / columns) * rowHeight >= scrolled + 900, `the view is filled at ${scrolled}`);
  }
});

test('what is drawn stays the same until another row comes into sight', t => {
  const at = (scrolled: number) => gridWindow({ count: 1000, width: 1400, scrolled, viewHeight: 900 });
  const { columns, cardHeight, gap } = at(0);
  const rowHeight = cardHeight + gap;
  t.deepEqual(at(10 * rowHeight + 1), at(11 * rowHeight - 1));
  t.is(at(11 * rowHeight).first, at(10 * rowHeight).first + columns);
  t.deepEqual(placeOf(columns + 1, at(0)), { left: at(0).cardWidth + gap, top: rowHeight });
});

test('a phone shows two videos side by side, and a few videos need no more room than they take', t => {
  t.is(gridWindow({ count: 10, width: 328, scrolled: 0, viewHeight: 740 }).columns, 2);
  t.like(gridWindow({ count: 0, width: 328, scrolled: 0, viewHeight: 740 }), { first: 0, end: 0, totalHeight: 0 });
  t.like(gridWindow({ count: 3, width: 1400, scrolled: 9000, viewHeight: 740 }), { first: 0, end: 3 });
});

test('every view has an address, and a name may have anything in it', t => {
  const routes: readonly Route[] = [{ view: 'library' }, { view: 'live' }, { view: 'channel', id: '0123456789abcdef' }, { view: 'uploads' }, { view: 'trash' }, { view: 'machines' }, { view: 'statistics' }, { view: 'watch', name: 'a/b #%ñ?.mp4' }];
  for (const route of routes) t.deepEqual(parseRoute(formatRoute(route)), route);
  t.is(formatRoute({ view: 'statistics' }), '#/estadisticas');
  for (const hash of ['', '#', '#/none', '#/ver/%', '#/vivo/x']) t.deepEqual(parseRoute(hash), { view: 'library' });
});

test('the rate of an upload is that of the last seconds', t => {
  const rate = new Rate(5000);
  t.is(rate.bytesPerSecond, undefined);
  for (let second = 0; second <= 10; second += 1) rate.add(second * 1000, second * 1000);
  t.is(rate.bytesPerSecond, 1000);
  for (let second = 11; second <= 20; second += 1) rate.add(10_000 + (second - 10) * 5000, second * 1000);
  t.is(rate.bytesPerSecond, 5000);
});
