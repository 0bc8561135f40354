import type { ExecutionContext, TestFn } from 'ava';
import type { Catalog } from '../../lib/domain/catalog.ts';
import type { NodeSight } from '../../lib/domain/trash.ts';
import { manifestNamed } from '../helpers/manifests.ts';
import { announced, inventory } from './catalog.ts';

const quiet: NodeSight = { copying: [], isAllRead: true, obeyed: [] };
const week = { nowMs: 1000, keptMs: 500 };

/** The promises of `lib/domain/trash.ts`. */
export function trashContract(test: TestFn, kind: string, open: (t: ExecutionContext) => Promise<Catalog>): void {
  const [faro, mar, other] = [manifestNamed('faro.mp4', 1), manifestNamed('mar.mp4', 2), manifestNamed('faro.mp4', 3)];

  const promise = (title: string, prove: (t: ExecutionContext, catalog: Catalog) => Promise<void>) => {
    test(`${kind}: ${title}`, async t => {
      await using catalog = await open(t);
      for (const manifest of [faro, mar, other]) await catalog.putManifest(manifest, 1);
      await catalog.applyInventory(1, inventory('1', [announced(faro)]), 10);
      await catalog.applyInventory(2, inventory('2', []), 10);
      await prove(t, catalog);
    });
  };
  const orders = async (catalog: Catalog, node = 1) => (await catalog.replicaOrders(node, 10)).map(({ type, name, ...rest }) => ('to' in rest ? `${type} ${name} → ${rest.to}` : `${type} ${name}`));
  /** The node shows that it holds exactly these. */
  const show = async (catalog: Catalog, node: number, run: string, files: readonly ReturnType<typeof announced>[], sight: Partial<NodeSight> = {}) => {
    await catalog.applyInventory(node, inventory(run, files), 2000);
    await catalog.settleDepartures(node, { ...quiet, ...sight }, 2000);
  };

  promise('a removed video is nowhere at once, and in the trash', async (t, catalog) => {
    t.deepEqual(await catalog.remove('faro.mp4', week), {
      trashId: 1, name: 'faro.mp4', id: faro.id, sizeBytes: faro.sizeBytes, addedAtMs: 10, removedAtMs: 1000, expiresAtMs: 1500,
    });
    t.is(await catalog.findByName('faro.mp4'), undefined);
    t.is(await catalog.findById(faro.id), undefined);
    t.deepEqual((await catalog.list({ limit: 9 })).items, []);
    t.deepEqual((await catalog.search('faro', { limit: 9 })).items, []);
    t.deepEqual(await catalog.nearNames('faro.mp3', 3), []);
    t.deepEqual(await catalog.counts(), { videos: 0, bytes: 0 });
    t.deepEqual(await catalog.underReplicated(3, [1, 2], 9), []);
    t.deepEqual((await catalog.trash({ limit: 9 })).items.map(({ name }) => name), ['faro.mp4']);
    t.is(await catalog.remove('faro.mp4', week), undefined);
  });

  promise('a name is taken only from the content that is meant', async (t, catalog) => {
    t.is(await catalog.remove('faro.mp4', { ...week, id: other.id }), undefined);
    t.like(await catalog.findByName('faro.mp4'), { id: faro.id });
    t.like(await catalog.remove('faro.mp4', { ...week, id: faro.id }), { id: faro.id });
  });

  promise('its node is told to trash it until its inventory shows it, and to drop it when the trash expired', async (t, catalog) => {
    await catalog.remove('faro.mp4', week);
    t.deepEqual(await orders(catalog), ['trash faro.mp4']);
    await show(catalog, 1, '1b', [announced(faro)]);
    t.deepEqual(await orders(catalog), ['trash faro.mp4']);
    await show(catalog, 1, '1c', []);
    t.deepEqual(await orders(catalog), []);
    t.deepEqual(await catalog.expireTrash(1499), []);
    t.deepEqual((await catalog.expireTrash(1500)).map(({ name }) => name), ['faro.mp4']);
    t.deepEqual(await catalog.trash({ limit: 9 }), { items: [], next: undefined });
    t.deepEqual(await orders(catalog), ['drop faro.mp4']);
    t.deepEqual(await orders(catalog, 2), []);
    await catalog.settleDepartures(1, { ...quiet, obeyed: [{ type: 'drop', id: faro.id, name: 'faro.mp4' }] }, 3000);
    t.deepEqual(await orders(catalog), []);
  });

  promise('a node that was away does not bring a video back, not even after the trash expired', async (t, catalog) => {
    await catalog.remove('faro.mp4', week);
    await catalog.expireTrash(9999);
    await show(catalog, 1, 'back again', [announced(faro)]);
    t.is(await catalog.findByName('faro.mp4'), undefined);
    t.deepEqual(await orders(catalog), ['trash faro.mp4']);
    t.deepEqual(await catalog.conflicts(9), []);
    await show(catalog, 1, 'back again 2', []);
    t.deepEqual(await orders(catalog), ['drop faro.mp4']);
  });

  promise('who puts the file into the folder again, after it was removed there, brings it back', async (t, catalog) => {
    await catalog.remove('faro.mp4', week);
    await show(catalog, 1, '1b', []);
    await show(catalog, 1, '1c', [announced(faro)]);
    t.like(await catalog.findByName('faro.mp4'), { id: faro.id, nodes: [1] });
    t.deepEqual(await catalog.trash({ limit: 9 }), { items: [], next: undefined });
    // What its trash has is freed; the new file stays.
    t.deepEqual(await orders(catalog), ['drop faro.mp4']);
  });

  promise('also on a node that never had it, once that showed so', async (t, catalog) => {
    await catalog.remove('faro.mp4', week);
    await show(catalog, 2, '2b', [announced(faro)]);
    t.is(await catalog.findByName('faro.mp4'), undefined, 'it may have been copying it');
    t.deepEqual(await orders(catalog, 2), ['trash faro.mp4']);
    await show(catalog, 2, '2c', []);
    await show(catalog, 2, '2d', [announced(faro)]);
    t.like(await catalog.findByName('faro.mp4'), { nodes: [1, 2] });
  });

  promise('a copy that was running, and a file that was still to be read, do not bring it back', async (t, catalog) => {
    await catalog.remove('faro.mp4', week);
    await show(catalog, 2, '2b', [], { copying: [faro.id] });
    await show(catalog, 2, '2c', [announced(faro)]);
    t.is(await catalog.findByName('faro.mp4'), undefined);
    await show(catalog, 1, '1b', [], { isAllRead: false });
    await show(catalog, 1, '1c', [announced(faro)]);
    t.is(await catalog.findByName('faro.mp4'), undefined);
    t.deepEqual([await orders(catalog, 1), await orders(catalog, 2)], [['trash faro.mp4'], ['trash faro.mp4']]);
  });

  promise('a restored video is as it was; its node takes it out of its trash, or has nothing there', async (t, catalog) => {
    await catalog.remove('faro.mp4', week);
    await show(catalog, 1, '1b', []);
    t.like(await catalog.restore({ name: 'faro.mp4' }, { nowMs: 1200 }), { outcome: 'done', video: { name: 'faro.mp4', addedAtMs: 10 } });
    t.like(await catalog.findByName('faro.mp4'), { id: faro.id, nodes: [] });
    t.like((await catalog.search('FARO', { limit: 1 })).items[0], { name: 'faro.mp4' });
    t.deepEqual(await orders(catalog), ['restore faro.mp4']);
    await catalog.settleDepartures(1, { ...quiet, obeyed: [{ type: 'restore', id: faro.id, name: 'faro.mp4' }] }, 2000);
    t.deepEqual(await orders(catalog), []);
    t.deepEqual(await catalog.restore({ name: 'faro.mp4' }, { nowMs: 1 }), { outcome: 'absent' });
    t.deepEqual(await catalog.restore({ trashId: 1 }, { nowMs: 1 }), { outcome: 'absent' });
  });

  promise('who has a restored video in its trash is to bring it back, until it did, has nothing there, or has other bytes of that name', async (t, catalog) => {
    const returning = async () => [...(await catalog.returning([faro.id, mar.id]))];
    await show(catalog, 2, '2b', [announced(faro)]);
    await catalog.remove('faro.mp4', week);
    t.deepEqual(await returning(), [], 'it is removed');
    for (const node of [1, 2]) await show(catalog, node, `${node} trashed`, []);
    await catalog.restore({ name: 'faro.mp4' }, { nowMs: 1200 });
    t.deepEqual(await returning(), [[faro.id, [1, 2]]]);
    await show(catalog, 1, '1 restored', [announced(faro)]);
    t.deepEqual(await returning(), [[faro.id, [2]]]);
    await show(catalog, 2, '2 with another', [announced(other)]);
    t.deepEqual(await returning(), [], 'it cannot');
    await show(catalog, 2, '2 without it', []);
    t.deepEqual(await returning(), [[faro.id, [2]]]);
    await catalog.settleDepartures(2, { ...quiet, obeyed: [{ type: 'restore', id: faro.id, name: 'faro.mp4' }] }, 2000);
    t.deepEqual(await returning(), []);
    await catalog.rename('faro.mp4', 'torre.mp4', 3000);
    t.deepEqual(await returning(), [], 'who holds it under its old name has it');
  });

  promise('what a node is told follows from one moment, whatever changes while it is looked up', async (t, catalog) => {
    for (let turn = 0; turn < 30; turn += 1) {
      await catalog.remove('faro.mp4', week);
      const asked = Array.from({ length: 8 }, () => orders(catalog));
      await catalog.restore({ name: 'faro.mp4' }, { nowMs: 1200 });
      // To be freed is what the trash has beside the folder, and nobody takes it out of the folder then.
      for (const told of await Promise.all(asked)) t.true(['', 'trash faro.mp4', 'drop faro.mp4'].includes(told.join()), told.join());
    }
  });

  promise('restored before its node knew, it counts on at once, also when the order to trash it was on its way', async (t, catalog) => {
    await catalog.remove('faro.mp4', week);
    await catalog.restore({ name: 'faro.mp4' }, { nowMs: 1200 });
    t.like(await catalog.findByName('faro.mp4'), { nodes: [1] });
    await show(catalog, 1, '1b', []);
    t.deepEqual(await orders(catalog), ['restore faro.mp4']);
  });

  promise('its name is free for other bytes; restoring is then a conflict, unless it gets another name', async (t, catalog) => {
    await catalog.remove('faro.mp4', week);
    await show(catalog, 1, '1b', []);
    await show(catalog, 2, '2b', [announced(other)]);
    t.like(await catalog.findByName('faro.mp4'), { id: other.id });
    t.deepEqual(await catalog.restore({ name: 'faro.mp4' }, { nowMs: 1 }), { outcome: 'taken', name: 'faro.mp4' });
    t.like(await catalog.restore({ name: 'faro.mp4' }, { as: 'torre.mp4', nowMs: 1 }), { outcome: 'done' });
    t.like(await catalog.findByName('torre.mp4'), { id: faro.id, addedAtMs: 10 });
    t.deepEqual(await orders(catalog), ['restore torre.mp4']);
  });

  promise('while its bytes are only in trashes, no other content takes the name of a restored video', async (t, catalog) => {
    await catalog.remove('faro.mp4', week);
    await show(catalog, 1, '1b', []);
    await catalog.restore({ name: 'faro.mp4' }, { nowMs: 1 });
    await show(catalog, 2, '2b', [announced(other)]);
    t.like(await catalog.findByName('faro.mp4'), { id: faro.id });
    t.is((await catalog.conflicts(9)).length, 1);
    await catalog.settleDepartures(1, { ...quiet, obeyed: [{ type: 'restore', id: faro.id, name: 'faro.mp4' }] }, 5000);
    t.like(await catalog.findByName('faro.mp4'), { id: other.id, addedAtMs: 5000 }, 'nobody has it after all');
  });

  promise('a content that waited for the name has it when the first is removed', async (t, catalog) => {
    await show(catalog, 2, '2b', [announced(other)]);
    await catalog.remove('faro.mp4', week);
    t.like(await catalog.findByName('faro.mp4'), { id: other.id, addedAtMs: 1000 });
    t.deepEqual(await catalog.conflicts(9), []);
  });

  promise('of two removals of one name the last is restored first, the other by its id', async (t, catalog) => {
    await catalog.remove('faro.mp4', week);
    await show(catalog, 2, '2b', [announced(other)]);
    await catalog.remove('faro.mp4', { nowMs: 1100, keptMs: 500 });
    const page = await catalog.trash({ limit: 1 });
    t.like(page.items[0], { trashId: 2, id: other.id });
    t.like((await catalog.trash({ limit: 1, after: page.next })).items[0], { trashId: 1, id: faro.id });
    await catalog.restore({ trashId: 1 }, { nowMs: 1 });
    t.like(await catalog.findByName('faro.mp4'), { id: faro.id });
    t.deepEqual((await catalog.expireTrash(1600)).map(({ trashId }) => trashId), [2]);
  });

  promise('of two names of one content, removing one frees nothing: the replica gets the other name', async (t, catalog) => {
    await show(catalog, 2, '2b', [announced(faro, 'torre.mp4')]);
    await catalog.remove('faro.mp4', week);
    t.like(await catalog.findByName('torre.mp4'), { id: faro.id, nodes: [1, 2] });
    t.deepEqual(await orders(catalog), ['rename faro.mp4 → torre.mp4']);
    t.deepEqual(await orders(catalog, 2), []);
    await show(catalog, 1, '1b', [announced(faro, 'torre.mp4')]);
    await catalog.expireTrash(9999);
    t.deepEqual(await orders(catalog), ['drop faro.mp4'], 'from the trash, if there is anything');
    t.like(await catalog.findByName('torre.mp4'), { nodes: [1, 2] });
  });

  promise('a renamed video is found by its new name; nodes follow, and the old name does not come back', async (t, catalog) => {
    t.like(await catalog.rename('faro.mp4', 'torre alta.mp4', 1000), { outcome: 'done', video: { name: 'torre alta.mp4', addedAtMs: 10, nodes: [1] } });
    t.is(await catalog.findByName('faro.mp4'), undefined);
    t.deepEqual((await catalog.search('faro', { limit: 9 })).items, []);
    t.like((await catalog.search('ALTA', { limit: 9 })).items[0], { id: faro.id });
    t.deepEqual((await catalog.trash({ limit: 9 })).items, []);
    t.deepEqual(await orders(catalog), ['rename faro.mp4 → torre alta.mp4']);
    await show(catalog, 1, '1b', [announced(faro)]);
    t.is(await catalog.findByName('faro.mp4'), undefined);
    t.deepEqual(await catalog.rename('faro.mp4', 'x.mp4', 1), { outcome: 'absent' });
    await show(catalog, 2, '2b', [announced(mar)]);
    t.deepEqual(await catalog.rename('mar.mp4', 'torre alta.mp4', 1), { outcome: 'taken', name: 'torre alta.mp4' });
  });

  promise('renamed and then removed while its node was away, it goes to that node\'s trash, and comes back by its last name', async (t, catalog) => {
    await catalog.rename('faro.mp4', 'torre.mp4', 1000);
    await catalog.remove('torre.mp4', week);
    await show(catalog, 1, '1b', [announced(faro)]);
    t.deepEqual(await orders(catalog), ['trash faro.mp4']);
    await show(catalog, 1, '1c', []);
    await catalog.restore({ name: 'torre.mp4' }, { nowMs: 1 });
    t.deepEqual(await orders(catalog), ['restore torre.mp4']);
  });

  promise('lists in order of date and size page by page, the newest and the largest first', async (t, catalog) => {
    await catalog.applyInventory(2, inventory('2b', [announced(mar), announced(other, 'año.mp4')]), 30);
    const large = manifestNamed(`grande`, 1_000_000);
    await catalog.putManifest(large, 1);
    await catalog.applyInventory(3, inventory('3', [announced(large)]), 20);
    const listed = async (order: 'name' | 'date' | 'size') => {
      const names: string[] = [];
      let after: string | undefined;
      do {
        const page = await catalog.list({ limit: 1, order, after });
        names.push(...page.items.map(({ name }) => name));
        after = page.next;
      } while (after !== undefined);
      return names;
    };
    t.deepEqual(await listed('name'), ['año.mp4', 'faro.mp4', 'grande', 'mar.mp4']);
    t.deepEqual(await listed('date'), ['mar.mp4', 'año.mp4', 'grande', 'faro.mp4']);
    t.deepEqual(await listed('size'), ['grande', 'mar.mp4', 'faro.mp4', 'año.mp4']);
    const first = await catalog.list({ limit: 2, order: 'date' });
    await catalog.remove('año.mp4', week);
    t.deepEqual((await catalog.list({ limit: 9, order: 'date', after: first.next })).items.map(({ name }) => name), ['grande', 'faro.mp4']);
  });
}
