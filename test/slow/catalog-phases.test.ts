import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { isVideoError } from '../../lib/base/errors.ts';
import { openCatalog } from '../../lib/io/catalog/open.ts';
import { everythingIn, fillCatalog } from '../helpers/filled-catalog.ts';
import { killAt } from '../helpers/kill-at.ts';
import { inLanes } from '../helpers/phases.ts';
import { sharedPostgres, withPostgres } from '../helpers/postgres.ts';
import { runProgram } from '../helpers/programs.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const test = anyTest as TestFn;

interface Phase {
  /** As `docs/design.md` calls it. */
  readonly name: string;
  readonly step: string;
  readonly leaves: 'nothing' | 'half' | 'whole';
  /** Where an earlier order was killed. */
  readonly after?: string;
}

const moving: readonly Phase[] = [
  { name: 'not begun', step: 'query before CREATE TABLE "unfinished_move"', leaves: 'nothing' },
  { name: 'marked', step: 'query after CREATE TABLE "unfinished_move"', leaves: 'half' },
  { name: 'tables half made', step: 'query before create table "videos"', leaves: 'half' },
  { name: 'tables made', step: 'query before INSERT INTO "manifests"', leaves: 'half' },
  { name: 'half of a table', step: 'query after INSERT INTO "videos"', leaves: 'half' },
  { name: 'what was there half removed', step: 'query after DROP TABLE IF EXISTS "replicas"', leaves: 'half', after: 'query before setval' },
  { name: 'rows copied', step: 'query before setval', leaves: 'half' },
  { name: 'not compared', step: 'query after ANALYZE', leaves: 'half' },
  { name: 'compared', step: 'query before DROP TABLE "unfinished_move"', leaves: 'half' },
  { name: 'mark removed', step: 'query after DROP TABLE "unfinished_move"', leaves: 'whole' },
];

const backingUp: readonly Phase[] = [
  { name: 'not begun', step: 'rm after copia.sqlite.partial', leaves: 'nothing' },
  { name: 'written', step: 'open before copia.sqlite.partial', leaves: 'half' },
  { name: 'synced', step: 'sync after copia.sqlite.partial', leaves: 'half' },
  { name: 'to be named', step: 'rename before copia.sqlite$', leaves: 'half' },
  { name: 'named', step: 'rename after copia.sqlite$', leaves: 'whole' },
];

async function contentOf(url: string) {
  await using catalog = await openCatalog(url);
  return await everythingIn(catalog);
}

withPostgres(test, testWithPostgres => {
  const postgres = sharedPostgres(test);

  testWithPostgres('a move that is killed at any phase leaves the original as it was and a copy that is empty, refused or whole; the same order ends it', async t => {
    t.timeout(300_000);
    const cwd = await temporaryDirectory(t);
    const from = `sqlite:${join(cwd, 'origen.sqlite')}`;
    await fillCatalog(from, { longParts: 1000 });
    const original = await contentOf(from);
    await Promise.all(
      inLanes(moving, 2).map(async phases => {
        for (const { name, step, leaves, after } of phases) {
          const to = await (await postgres()).database();
          const move = (env: Readonly<Record<string, string>> = {}) => runProgram(t, 'videocentral', ['migrar', '--de', from, '--a', to], { cwd, env });
          if (after !== undefined) t.is((await move(killAt(after))).signal, 'SIGKILL', name);
          t.is((await move(killAt(step))).signal, 'SIGKILL', name);
          t.deepEqual(await contentOf(from), original, name);
          const copy = await contentOf(to).catch((error: unknown) => error);
          if (leaves === 'half') t.true(isVideoError(copy, 'catalog_unfinished'), name);
          else if (leaves === 'nothing') t.like(copy, { list: { items: [] }, nodes: [] }, name);

          const { status, stdout, stderr } = await move();
          if (leaves === 'whole') t.regex(stderr, /no está vacío/);
          else t.regex(stdout, /igual al original/, `${name}: ${status} ${stderr}`);
          t.deepEqual(await contentOf(to), original, name);
        }
      }),
    );
  });
});

test('a backup that is killed at any phase is whole or not there, and the same order ends it', async t => {
  t.timeout(300_000);
  const cwd = await temporaryDirectory(t);
  const from = `sqlite:${join(cwd, 'origen.sqlite')}`;
  await fillCatalog(from, { longParts: 1000 });
  const original = await contentOf(from);
  for (const [index, { name, step, leaves }] of backingUp.entries()) {
    const folder = `respaldo-${index}`;
    const order = ['respaldar', join(folder, 'copia.sqlite'), '--base-datos', from];
    t.is((await runProgram(t, 'videocentral', order, { cwd, env: killAt(step) })).signal, 'SIGKILL', name);
    t.deepEqual(await readdir(join(cwd, folder)), { nothing: [], half: ['copia.sqlite.partial'], whole: ['copia.sqlite'] }[leaves], name);
    t.deepEqual(await contentOf(from), original, name);
    t.is((await runProgram(t, 'videocentral', order, { cwd })).status, leaves === 'whole' ? 1 : 0, name);
    t.deepEqual(await readdir(join(cwd, folder)), ['copia.sqlite'], name);
    t.deepEqual(await contentOf(`sqlite:${join(cwd, folder, 'copia.sqlite')}`), original, name);
  }
});
