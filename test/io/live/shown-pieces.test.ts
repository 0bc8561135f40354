import test, { type ExecutionContext } from 'ava';
import { ShownPieces } from '../../../lib/io/live/shown-pieces.ts';
import { openShelfSite } from '../../helpers/live-shelf.ts';
import { UNPLAYABLE, WrappedPieces } from '../../helpers/wrapped-pieces.ts';

async function openSite(t: ExecutionContext, options: { readonly cacheBytes?: number } = {}) {
  const site = await openShelfSite(t);
  const pieces = new WrappedPieces();
  const stopping = new AbortController();
  const shown = new ShownPieces(site.shelf, { pieces, log: site.log, signal: stopping.signal, ...options });
  return { ...site, pieces, shown, stopping };
}

const textOf = (piece: { readonly media: Uint8Array } | undefined) => piece && Buffer.from(piece.media).toString();

test('each piece begins where the one before it ends, however long it really is and whatever is left out', async t => {
  const { shown, show } = await openSite(t);
  for (const [number, block] of ['i/a@1800.5', `${UNPLAYABLE}b`, 'i/c@2100', 'i/d'].entries()) await show(number, block);
  const { entries } = await shown.list();
  t.deepEqual(entries.map(({ durationMs }) => durationMs), [1800.5, 2100, 2000]);
  t.deepEqual(await Promise.all([1, 2, 3, 4].map(async number => textOf(await shown.find(number)))), ['0:a', '1800.5:c', '3900.5:d', undefined]);
});

test('a piece is made once for all who ask at a time, and again when it was forgotten, as it was', async t => {
  const { shown, show, pieces } = await openSite(t, { cacheBytes: 40 });
  for (let number = 0; number < 6; number += 1) await show(number, 'i/0123456789');
  const lists = await Promise.all([shown.list(), shown.list(), shown.list()]);
  t.deepEqual(pieces.made, [1, 2, 3, 4, 5, 6]);
  t.deepEqual(lists[0], lists[2]);
  t.is(textOf(await shown.find(6)), '10000:0123456789');
  t.is(pieces.made.length, 6);
  const again = await Promise.all([shown.find(2), shown.find(2)]);
  t.deepEqual(again.map(textOf), ['2000:0123456789', '2000:0123456789']);
  t.deepEqual(pieces.made.slice(6), [2]);
  t.deepEqual(await shown.list(), lists[0]);
});

test('of blocks one after another that cannot be shown the first is told', async t => {
  const { shown, show, told } = await openSite(t);
  for (const [number, block] of [UNPLAYABLE, UNPLAYABLE, 'i/c', UNPLAYABLE, UNPLAYABLE].entries()) await show(number, block);
  const { mediaSequence, entries } = await shown.list();
  t.deepEqual([mediaSequence, entries.length], [1, 1]);
  t.deepEqual(told, ['live.unplayable 0 0 not_remuxable', 'live.unplayable 0 3 not_remuxable']);
});

test('the target does not change with the blocks, and grows for one that is longer than it allows', async t => {
  const { shown, show } = await openSite(t);
  const targets: number[] = [];
  for (const [number, block] of ['i/a', 'i/b@4400', 'i/c@6600', 'i/d'].entries()) {
    await show(number, block);
    targets.push((await shown.list()).targetDurationS);
  }
  t.deepEqual(targets, [4, 4, 7, 7]);
});

test('inits that nothing listed needs are forgotten, not those of what is listed', async t => {
  const { shown, show, shelf } = await openSite(t);
  for (let number = 0; number < 12; number += 1) await show(number, `init ${number}/x`);
  await shown.list();
  for (let number = 12; shelf.shown().mediaSequence < 30; number += 1) {
    await show(number, `init ${number}/x`);
    await shown.list();
  }
  const { entries } = await shown.list();
  t.true(entries.every(({ init }) => shown.findInit(init) !== undefined));
  t.is(shown.findInit(1), undefined);
});

test('nothing is made any more when the server stops', async t => {
  const { shown, show, stopping, told } = await openSite(t);
  await show(0, 'i/a');
  stopping.abort();
  await t.throwsAsync(shown.list(), { any: true, name: 'AbortError' });
  t.deepEqual(told, []);
});
