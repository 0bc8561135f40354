import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import Database from 'libsql';
import { isVideoError } from '../../../lib/base/errors.ts';
import type { Catalog } from '../../../lib/domain/catalog.ts';
import { openCatalog } from '../../../lib/io/catalog/open.ts';
import { announced, catalogContract, inventory } from '../../contracts/catalog.ts';
import { manifestNamed } from '../../helpers/manifests.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

catalogContract(test, 'sqlite', async t => openCatalog(`sqlite:${join(await temporaryDirectory(t), 'datos', 'catalogo.sqlite')}`));

test('what was written is there after closing and opening again', async t => {
  const url = `sqlite:${join(await temporaryDirectory(t), 'c.sqlite')}`;
  const faro = manifestNamed('faro.mp4', 1);
  {
    await using catalog = await openCatalog(url);
    await catalog.putManifest(faro, 1);
    await catalog.applyInventory(1, inventory('a', [announced(faro)]), 2);
  }
  await using catalog = await openCatalog(url);
  t.like(await catalog.findByName('faro.mp4'), { id: faro.id, nodes: [1] });
  t.is(await catalog.applyInventory(1, { inventoryId: 'a', fromRevision: 1, toRevision: 1, isComplete: true, added: [], removed: [] }, 3), 1);
});

test('a database of a newer program is refused, not changed', async t => {
  const path = join(await temporaryDirectory(t), 'c.sqlite');
  await (await openCatalog(`sqlite:${path}`))[Symbol.asyncDispose]();
  const database = new Database(path);
  database.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-of-the-future', '2030')");
  database.close();
  const error = await t.throwsAsync(openCatalog(`sqlite:${path}`));
  t.true(isVideoError(error, 'catalog_too_new'));
});

test('a file that is no database is refused and left as it is', async t => {
  const path = join(await temporaryDirectory(t), 'c.sqlite');
  await writeFile(path, 'this is a letter, not a database'.repeat(100));
  const error = await t.throwsAsync(openCatalog(`sqlite:${path}`));
  t.true(isVideoError(error, 'catalog_unavailable'));
});

test('an unknown kind of database is a wrong flag', async t => {
  const error = await t.throwsAsync(openCatalog('mysql://localhost'));
  t.true(isVideoError(error, 'invalid_flag'));
});

const files = [1, 2, 3, 4].map(seed => manifestNamed(`v${seed}.mp4`, seed));
const names = ['a.mp4', 'b.mp4', 'ñ.mp4'];
const operation = fc.oneof(
  fc.record({ type: fc.constant('put' as const), file: fc.nat(3) }),
  fc.record({ type: fc.constant('forget' as const), node: fc.integer({ min: 1, max: 3 }), file: fc.nat(3) }),
  fc.record({
    type: fc.constant('slice' as const),
    node: fc.integer({ min: 1, max: 3 }),
    run: fc.nat(2),
    from: fc.nat(3),
    isComplete: fc.boolean(),
    added: fc.uniqueArray(fc.record({ name: fc.constantFrom(...names), file: fc.nat(3) }), { maxLength: 3, selector: ({ name }) => name }),
    removed: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 }),
  }),
);

async function observe(catalog: Catalog) {
  return {
    list: await catalog.list({ limit: 10 }),
    missing: await Promise.all([1, 2, 3].map(node => catalog.missingManifests(node, 10))),
    under: await catalog.underReplicated(2, [1, 2], 10),
    conflicts: await catalog.conflicts(10),
    counts: await catalog.counts(),
  };
}

test('whatever happens, SQLite and memory say the same', async t => {
  const folder = await temporaryDirectory(t);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async operations => {
      run += 1;
      await using memory = await openCatalog('memory:');
      await using sqlite = await openCatalog(`sqlite:${join(folder, `${run}.sqlite`)}`);
      for (const [now, op] of operations.entries()) {
        const answers = await Promise.all(
          [memory, sqlite].map(async catalog => {
            if (op.type === 'put') return catalog.putManifest(files[op.file]!, now);
            if (op.type === 'forget') return catalog.forgetReplica(op.node, files[op.file]!.id, now);
            return catalog.applyInventory(
              op.node,
              {
                inventoryId: `run ${op.run}`,
                fromRevision: op.from,
                toRevision: op.from + op.added.length,
                isComplete: op.isComplete,
                added: op.added.map(({ name, file }) => announced(files[file]!, name)),
                removed: op.removed,
              },
              now,
            );
          }),
        );
        t.deepEqual(answers[0], answers[1]);
      }
      t.deepEqual(await observe(sqlite), await observe(memory));
    }),
    { numRuns: 40 },
  );
});
