import assert from 'node:assert/strict';
import { join } from 'node:path';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import fc from 'fast-check';
import { foldText, matchesWords, searchWords } from '../../../lib/domain/search-text.ts';
import type { NameIndex } from '../../../lib/io/catalog/name-search.ts';
import { postgresNames } from '../../../lib/io/catalog/postgres-names.ts';
import { sqliteNames } from '../../../lib/io/catalog/sqlite-names.ts';
import { openStore, type CatalogStore } from '../../../lib/io/catalog/store.ts';
import { insertRows } from '../../../lib/io/catalog/table-rows.ts';
import { sharedPostgres, withPostgres } from '../../helpers/postgres.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const test = anyTest as TestFn;
const FILE_ID = 'a'.repeat(64);
const MOST = 5;

interface Named {
  readonly seq: number;
  readonly name: string;
  readonly title?: string;
}

interface Retitled extends Named {
  readonly title: string;
  /** What it had first. */
  readonly former: string;
}

// Few letters, so that words are found; some of more than one byte, some that an operator or a pattern would take for its own.
const letter = fc.constantFrom('a', 'A', 'á', 'b', 'ñ', 'ß', '🎬', '中', '%', '_', '\\', '"', "'", '{', ' ', '.');
const text = (maxLength: number) => fc.array(letter, { minLength: 1, maxLength }).map(letters => letters.join(''));
const title = fc.oneof(fc.constant(''), text(12));
/** With gaps as those of names that were removed: now and then over many of them. */
const gap = fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 300_000 }));
const names = fc
  .uniqueArray(fc.record({ name: text(12), title, former: title, gap }), { minLength: 1, maxLength: 60, selector: ({ name }) => name, size: 'max' })
  .map(items => {
    let seq = 0;
    return items.map(({ gap, ...item }): Retitled => ({ seq: (seq += gap), ...item }));
  });
const questions = fc.array(fc.record({ text: text(8), after: fc.nat(400_000) }), { minLength: 5, maxLength: 5 });

async function open(url: string): Promise<CatalogStore> {
  const store = await openStore(url, { flag: '--base-datos' });
  await store.migrate();
  await insertRows(store.db, 'manifests', [
    { id: FILE_ID, name: 'a', size_bytes: 1, part_size_bytes: 1, sha256: FILE_ID, created_at_ms: 0, part_hashes: Buffer.alloc(32) },
  ]);
  return store;
}

function rowOf({ seq, name, title = '' }: Named) {
  return { seq, name, folded_name: foldText(name), file_id: FILE_ID, size_bytes: 1, added_at_ms: 1, holders: '1', folded_title: foldText(title) };
}

async function answersLikeAFilter(index: NameIndex, { db }: CatalogStore): Promise<void> {
  await fc.assert(
    fc.asyncProperty(names, questions, async (named, asked) => {
      await db.deleteFrom('videos').execute();
      await insertRows(db, 'videos', named.map(({ seq, name, former }) => rowOf({ seq, name, title: former })));
      for (const { seq, title, former } of named) if (title !== former) await db.updateTable('videos').set({ folded_title: foldText(title) }).where('seq', '=', seq).execute();
      for (const { text: written, after } of asked) {
        const words = searchWords(written);
        if (words.length === 0) continue;
        const all = named.filter(video => matchesWords(video, words)).map(({ seq }) => seq);
        const next = all.filter(seq => seq > after).slice(0, MOST);
        // Not AVA's assertion: the one that fails first would end the test before the example is made small.
        assert.deepEqual(await index.arrivals(db, words, after, MOST), next);
        const matches = await index.matches(db, words, named.length);
        assert.deepEqual(all.filter(seq => matches && !matches.includes(seq)), []);
        for (const name of await index.containingAny(db, [foldText(written)], MOST)) assert.ok(foldText(name).includes(foldText(written)));
      }
    }),
    { numRuns: 25, interruptAfterTimeLimit: 20_000 },
  );
}

test('sqlite: an index of names and titles answers like a filter of all of them in order of arrival', async (t: ExecutionContext) => {
  await using store = await open(`sqlite:${join(await temporaryDirectory(t), 'c.sqlite')}`);
  await answersLikeAFilter(sqliteNames, store);
  t.pass();
});

withPostgres(test, testWithPostgres => {
  const postgres = sharedPostgres(test);

  testWithPostgres('postgres: an index of names and titles answers like a filter of all of them in order of arrival', async t => {
    await using store = await open(await (await postgres()).database());
    await answersLikeAFilter(postgresNames, store);
    t.pass();
  });

  testWithPostgres('postgres: names that begin to match late, and then all do, come in order of arrival', async t => {
    await using store = await open(await (await postgres()).database());
    const named = Array.from({ length: 1500 }, (_, at): Named => ({ seq: 1 + at * 400, name: `${at < 700 ? 'antes' : 'después'} ${at}.mp4` }));
    for (const half of [named.slice(0, 750), named.slice(750)]) {
      await insertRows(store.db, 'videos', half.map(rowOf));
    }
    const seen: number[] = [];
    for (let page: readonly number[] | undefined; page?.length !== 0; seen.push(...page)) {
      page = (await postgresNames.arrivals(store.db, ['despues', 'p4'], seen.at(-1) ?? 0, 300)) ?? [];
    }
    t.deepEqual(seen, named.slice(700).map(({ seq }) => seq));
    t.is(await postgresNames.matches(store.db, ['despues'], 799), undefined);
    t.deepEqual(await postgresNames.matches(store.db, ['despues'], 800), seen);
  });
});
