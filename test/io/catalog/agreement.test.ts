import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import type { Catalog, Video } from '../../../lib/domain/catalog.ts';
import { openCatalog } from '../../../lib/io/catalog/open.ts';
import { announced } from '../../contracts/catalog.ts';
import { manifestNamed } from '../../helpers/manifests.ts';
import { queryPostgres, sharedPostgres, withPostgres } from '../../helpers/postgres.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

// Few of each, so that they meet often.
const files = [1, 2, 3].map(seed => manifestNamed(`v${seed}.mp4`, seed));
const names = ['a.mp4', 'ñ.mp4'];
const nodes = [1, 2, 3];
const node = fc.constantFrom(...nodes);
const file = fc.constantFrom(...files);

interface Operation {
  readonly told: string;
  readonly run: (catalog: Catalog, nowMs: number) => Promise<unknown>;
}

const putManifest = file.map((manifest): Operation => ({
  told: `putManifest ${manifest.name}`,
  run: (catalog, nowMs) => catalog.putManifest(manifest, nowMs),
}));
const applyInventory = fc
  .record({
    number: node,
    inventoryId: fc.constantFrom('first run', 'second run'),
    // A slice that does not follow is refused: most are to be taken.
    fromRevision: fc.constantFrom(0, 0, 0, 1),
    steps: fc.constantFrom(0, 0, 0, 1),
    isComplete: fc.boolean(),
    added: fc.array(fc.tuple(file, fc.constantFrom(...names)), { maxLength: 2 }),
    removed: fc.subarray(names),
  })
  .map(({ number, steps, added, ...slice }): Operation => ({
    told: `applyInventory ${number} +${steps} ${JSON.stringify(slice)} ${added.map(([{ name }, as]) => `${name} as ${as}`).join()}`,
    run: (catalog, nowMs) =>
      catalog.applyInventory(
        number,
        { ...slice, toRevision: slice.fromRevision + steps, added: added.map(([manifest, as]) => announced(manifest, as)) },
        nowMs,
      ),
  }));
const name = fc.constantFrom(...names);
const remove = name.map((removed): Operation => ({
  told: `remove ${removed}`,
  run: (catalog, nowMs) => catalog.remove(removed, { nowMs, keptMs: 5 }),
}));
const restore = fc.tuple(name, fc.option(name, { nil: undefined })).map(([wanted, as]): Operation => ({
  told: `restore ${wanted} as ${as}`,
  run: (catalog, nowMs) => catalog.restore({ name: wanted }, { as, nowMs }),
}));
const rename = fc.tuple(name, name).map(([from, to]): Operation => ({
  told: `rename ${from} to ${to}`,
  run: (catalog, nowMs) => catalog.rename(from, to, nowMs),
}));
const expire = fc.constant<Operation>({ told: 'expire', run: (catalog, nowMs) => catalog.expireTrash(nowMs) });
const settle = fc
  .record({
    number: node,
    copying: fc.subarray(files.map(({ id }) => id), { maxLength: 1 }),
    isAllRead: fc.constantFrom(true, true, false),
    obeyed: fc.array(fc.record({ type: fc.constantFrom('drop' as const, 'restore' as const), id: file.map(({ id }) => id), name }), { maxLength: 1 }),
  })
  .map(({ number, ...sight }): Operation => ({
    told: `settle ${number} ${JSON.stringify(sight)}`,
    run: (catalog, nowMs) => catalog.settleDepartures(number, sight, nowMs),
  }));
const describe = fc.tuple(file, fc.constantFrom('Título', 'título ñ', '')).map(([{ id, name: described }, title]): Operation => ({
  told: `describe ${described} ${title}`,
  run: catalog => catalog.putDetails(id, { title }),
}));
const trashing = [remove, restore, rename, expire, settle, describe].map(arbitrary => ({ arbitrary, weight: 2 }));
const operations = fc.array(fc.oneof(putManifest, ...trashing, { arbitrary: applyInventory, weight: 6 }), { minLength: 10, maxLength: 40, size: 'max' });

async function everythingIn(catalog: Catalog) {
  return {
    list: await catalog.list({ limit: 2 }),
    found: await catalog.search('mp4', { limit: 10 }),
    titled: await Promise.all(['titulo', 't', 'título n', 'mp4 titulo a'].map(text => catalog.search(text, { limit: 2 }))),
    named: await Promise.all(names.map(name => catalog.findByName(name))),
    byId: await Promise.all(files.map(({ id }) => catalog.findById(id))),
    missing: await Promise.all(nodes.map(number => catalog.missingManifests(number, 2))),
    underReplicated: inSets(await catalog.underReplicated(2, [1, 2], 10)),
    withSources: inSets(await catalog.underReplicated(3, nodes, 10, { sources: [1] })),
    withRooms: inSets(await catalog.underReplicated(3, nodes, 10, { rooms: new Map([[1, 9], [2, 8]]) })),
    overReplicated: inSets(await catalog.overReplicated(1, [1, 2], 10)),
    holderSets: await catalog.holderSets(),
    conflicts: await catalog.conflicts(10),
    counts: await catalog.counts(),
    newest: await catalog.list({ limit: 1, order: 'date' }),
    largest: await catalog.list({ limit: 2, order: 'size' }),
    trash: await catalog.trash({ limit: 2 }),
    orders: await Promise.all(nodes.map(number => catalog.replicaOrders(number, 10))),
  };
}

/** Files with the same holders come in any order; the sets of holders do not. */
function inSets(videos: readonly Video[]) {
  return { sets: videos.map(video => video.nodes), names: videos.map(({ name }) => name).sort() };
}

test('whatever happens, SQLite and memory say the same after each step', async t => {
  const folder = await temporaryDirectory(t);
  let opened = 0;
  await fc.assert(
    fc.asyncProperty(operations, async steps => {
      opened += 1;
      await using memory = await openCatalog('memory:');
      await using sqlite = await openCatalog(`sqlite:${join(folder, `${opened}.sqlite`)}`);
      for (const [nowMs, { run }] of steps.entries()) {
        // Not AVA's assertion: the one that fails first would end the test before the example is made small.
        assert.deepEqual(await run(sqlite, nowMs), await run(memory, nowMs));
        assert.deepEqual(await everythingIn(sqlite), await everythingIn(memory));
      }
    }),
    { numRuns: 60, interruptAfterTimeLimit: 5000 },
  );
  t.pass();
});

withPostgres(test, testWithPostgres => {
  const postgres = sharedPostgres(test);

  testWithPostgres('whatever happens, two centrals on one PostgreSQL and memory say the same after each step', async t => {
    const url = await (await postgres()).database();
    await fc.assert(
      fc.asyncProperty(operations, async steps => {
        await queryPostgres(url, 'DROP SCHEMA public CASCADE; CREATE SCHEMA public');
        await using memory = await openCatalog('memory:');
        await using one = await openCatalog(url);
        await using two = await openCatalog(url);
        for (const [nowMs, { run }] of steps.entries()) {
          const [asked, other] = nowMs % 2 === 0 ? [one, two] : [two, one];
          assert.deepEqual(await run(asked, nowMs), await run(memory, nowMs));
          assert.deepEqual(await everythingIn(other), await everythingIn(memory));
        }
      }),
      { numRuns: 20, interruptAfterTimeLimit: 20_000 },
    );
    t.pass();
  });

  testWithPostgres('two centrals that write to one PostgreSQL at once lose nothing, and neither fails', async t => {
    const url = await (await postgres()).database();
    await using memory = await openCatalog('memory:');
    await using one = await openCatalog(url);
    await using two = await openCatalog(url);
    const centrals = [one, two];
    const videos = Array.from({ length: 24 }, (_, seed) => manifestNamed(`v${seed}.mp4`, seed));
    // Each node holds most of them, and renames one at each step; the centrals take turns with its slices.
    const slicesOf = (number: number) =>
      Array.from({ length: 6 }, (_, step) => {
        const mine = videos.filter((_video, index) => index % 6 === step && index % 5 !== number);
        const renamed = mine.slice(0, 1).map(video => announced(video, `n${number} ${video.name}`));
        const added = [...mine.map(video => announced(video)), ...renamed];
        return { inventoryId: `run of ${number}`, fromRevision: step, toRevision: step + 1, isComplete: step === 5, added, removed: [] };
      });
    const announceAll = async (number: number, catalogs: readonly Catalog[]) => {
      for (const [step, slice] of slicesOf(number).entries()) {
        assert.equal(await catalogs[(step + number) % catalogs.length]!.applyInventory(number, slice, 1), step + 1);
      }
    };
    await Promise.all([
      ...[1, 2, 3, 4].map(number => announceAll(number, centrals)),
      ...videos.flatMap(video => centrals.map(catalog => catalog.putManifest(video, 1))),
    ]);
    for (const number of [1, 2, 3, 4]) await announceAll(number, [memory]);
    for (const video of videos) await memory.putManifest(video, 1);

    const everything = async (catalog: Catalog) => ({
      list: await catalog.list({ limit: 1000 }),
      counts: await catalog.counts(),
      missing: await Promise.all([1, 2, 3, 4].map(number => catalog.missingManifests(number, 100))),
      wanting: inSets(await catalog.underReplicated(4, [1, 2, 3, 4], 1000)),
      conflicts: await catalog.conflicts(100),
    });
    for (const catalog of centrals) t.deepEqual(await everything(catalog), await everything(memory));
  });

  testWithPostgres('of contents that come under one name at once from two centrals, one keeps it and the others are conflicts', async t => {
    const url = await (await postgres()).database();
    await using one = await openCatalog(url);
    await using two = await openCatalog(url);
    const contents = [1, 2, 3, 4].map(seed => manifestNamed('mismo.mp4', seed));
    await Promise.all(
      contents.flatMap((content, index) => {
        const [first, second] = index % 2 === 0 ? [one, two] : [two, one];
        const slice = { inventoryId: 'a', fromRevision: 0, toRevision: 1, isComplete: true, added: [announced(content)], removed: [] };
        return [first.applyInventory(index + 1, slice, 1), second.putManifest(content, 1)];
      }),
    );
    const kept = (await one.findByName('mismo.mp4'))!;
    const conflicts = await two.conflicts(10);
    t.deepEqual([kept.id, ...conflicts.map(({ otherId }) => otherId)].sort(), contents.map(({ id }) => id).sort());
    t.deepEqual([...kept.nodes, ...conflicts.flatMap(({ nodes: others }) => others)].sort(), [1, 2, 3, 4]);
  });
});
