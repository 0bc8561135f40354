import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import type { Catalog, Video } from '../../../lib/domain/catalog.ts';
import { openCatalog } from '../../../lib/io/catalog/open.ts';
import { announced } from '../../contracts/catalog.ts';
import { manifestNamed } from '../../helpers/manifests.ts';
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
const trashing = [remove, restore, rename, expire, settle].map(arbitrary => ({ arbitrary, weight: 2 }));
const operations = fc.array(fc.oneof(putManifest, ...trashing, { arbitrary: applyInventory, weight: 6 }), { minLength: 10, maxLength: 40, size: 'max' });

async function everythingIn(catalog: Catalog) {
  return {
    list: await catalog.list({ limit: 2 }),
    found: await catalog.search('mp4', { limit: 10 }),
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
