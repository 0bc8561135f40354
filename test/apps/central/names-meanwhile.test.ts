import test from 'ava';
import { trashHandlers } from '../../../lib/apps/central/trash.ts';
import { uploadHandlers } from '../../../lib/apps/central/uploads.ts';
import type { CentralState } from '../../../lib/apps/central/state.ts';
import { silentLog } from '../../../lib/base/log.ts';
import { openCatalog } from '../../../lib/io/catalog/open.ts';
import { announced, inventory } from '../../contracts/catalog.ts';
import { manifestNamed } from '../../helpers/manifests.ts';
import { StillClock } from '../../helpers/still-clock.ts';

const [faro, other, sent] = [manifestNamed('faro.mp4', 1), manifestNamed('faro.mp4', 2), manifestNamed('faro.mp4', 3)];

/** A central's handlers; a person renames a video, and gives its name to other bytes, just when one of them has looked at it. */
async function beginning() {
  const catalog = await openCatalog('memory:');
  for (const manifest of [faro, other, sent]) await catalog.putManifest(manifest, 1);
  await catalog.applyInventory(1, inventory('1', [announced(faro)]), 10);
  let isChanged = false;
  const looking = <T>(look: (wanted: string) => Promise<T>) => async (wanted: string) => {
    const seen = await look(wanted);
    if (isChanged) return seen;
    isChanged = true;
    await catalog.rename('faro.mp4', 'torre.mp4', 20);
    await catalog.applyInventory(2, inventory('2', [announced(other)]), 20);
    return seen;
  };
  const looked = new Proxy(catalog, {
    get: (_catalog, key) => {
      if (key === 'findByName') return looking(name => catalog.findByName(name));
      if (key === 'findById') return looking(id => catalog.findById(id));
      return (Reflect.get(catalog, key) as (...args: unknown[]) => unknown).bind(catalog);
    },
  });
  const handlersOf = (seen: typeof catalog) => {
    const state = { catalog: seen, clock: new StillClock(), log: silentLog, settings: { trashKeptMs: 500 } } as unknown as CentralState;
    return { uploads: uploadHandlers(state), trash: trashHandlers(state) };
  };
  return { catalog, ...handlersOf(catalog), meanwhile: handlersOf(looked) };
}

test('an upload that replaces one content removes no other that has the name meanwhile', async t => {
  const { catalog, meanwhile } = await beginning();
  await meanwhile.uploads.replace({ id: sent.id, name: 'faro.mp4', replaces: faro.id });
  t.deepEqual((await catalog.trash({ limit: 9 })).items.filter(({ id }) => id !== faro.id), []);
});

test('what took the name before an upload replaces it keeps it', async t => {
  const { catalog, uploads } = await beginning();
  await catalog.rename('faro.mp4', 'torre.mp4', 20);
  await catalog.applyInventory(2, inventory('2', [announced(other)]), 20);
  await t.throwsAsync(uploads.replace({ id: sent.id, name: 'faro.mp4', replaces: faro.id }), { code: 'name_taken' });
  t.like(await catalog.findByName('faro.mp4'), { id: other.id });
});

test('what is removed by its id is removed under the name that it has by then, and nothing else is', async t => {
  const { catalog, meanwhile } = await beginning();
  const removed = await meanwhile.trash.remove({ id: faro.id });
  t.deepEqual(removed.map(({ name, id }) => ({ name, id })), [{ name: 'torre.mp4', id: faro.id }]);
  t.like(await catalog.findByName('faro.mp4'), { id: other.id });
});

test('a content is replaced once, however often it is asked for, and what was sent stays', async t => {
  const { catalog, uploads } = await beginning();
  const replace = () => uploads.replace({ id: sent.id, name: 'faro.mp4', replaces: faro.id });
  t.deepEqual(await replace(), { id: sent.id });
  t.is(await catalog.findByName('faro.mp4'), undefined);
  await catalog.applyInventory(2, inventory('2', [announced(sent)]), 20);
  t.deepEqual(await replace(), { id: sent.id });
  t.like(await catalog.findByName('faro.mp4'), { id: sent.id });
  t.deepEqual((await catalog.trash({ limit: 9 })).items.map(({ id }) => id), [faro.id]);
});
