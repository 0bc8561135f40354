import type { ExecutionContext, TestFn } from 'ava';
import type { Catalog } from '../../lib/domain/catalog.ts';
import { manifestNamed } from '../helpers/manifests.ts';
import { announced, inventory } from './catalog.ts';

/** What `Catalog.search` and `nearNames` promise when there are more names than an index of them tells. */
export function nameSearchContract(test: TestFn, kind: string, open: (t: ExecutionContext) => Promise<Catalog>): void {
  test(`${kind}: a word in more names than the index tells is found whole, page after page`, async t => {
    await using catalog = await open(t);
    const files = Array.from({ length: 1200 }, (_, seed) => manifestNamed(`${seed % 4 === 0 ? 'otro' : 'vídeo'} ${seed}.mp4`, seed));
    for (const file of files) await catalog.putManifest(file, 1);
    await catalog.applyInventory(1, inventory('a', files.map(file => announced(file))), 2);
    const arrived = files.map(({ name }) => name);
    for (const [text, has] of [['MP4', 'mp4'], ['p4', 'mp4'], ['4 mp4', 'mp4'], ['video mp4', 'vídeo'], ['vi', 'ví'], ['7 ideo', '7']] as const) {
      const expected = arrived.filter(name => name.includes(has) && (text !== '7 ideo' || name.includes('vídeo')));
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await catalog.search(text, { limit: 250, after });
        seen.push(...page.items.map(({ name }) => name));
        after = page.next;
      } while (after !== undefined);
      // Thousands may come as they arrived, where the index has that order.
      const isVeryMany = expected.length === files.length;
      t.deepEqual(isVeryMany ? seen.toSorted() : seen, expected.toSorted(), text);
    }
    t.is((await catalog.nearNames('vídoe 1111.mp4', 1))[0], 'vídeo 1111.mp4');
  });

  test(`${kind}: what an index or a pattern would take for an operator is searched as it is written`, async t => {
    await using catalog = await open(t);
    const names = ['100% real.mp4', '100 real.mp4', 'a_b_c.mp4', 'axbxc.mp4', 'back\\slash.mp4', 'backslash.mp4', 'uno*dos.mp4'];
    const files = names.map((name, seed) => manifestNamed(name, seed));
    for (const file of files) await catalog.putManifest(file, 1);
    await catalog.applyInventory(1, inventory('a', files.map(file => announced(file))), 2);
    const found = async (text: string) => (await catalog.search(text, { limit: 10 })).items.map(({ name }) => name);
    t.deepEqual(await found('100%'), ['100% real.mp4']);
    t.deepEqual(await found('back\\slash'), ['back\\slash.mp4']);
    t.deepEqual(await found('uno*dos'), ['uno*dos.mp4']);
    t.deepEqual(await found('%%%'), []);
    t.deepEqual(await found('\\\\\\'), []);
    t.deepEqual(await found('uno%dos'), []);
    t.is(await catalog.findByName('100 real.mp4\0'), undefined);
    t.deepEqual(await catalog.nearNames('10 \0real.mp4', 1), ['100 real.mp4']);
  });

  const [faro, mar, sol] = [manifestNamed('vid_0034.mp4', 1), manifestNamed('mar.mp4', 2), manifestNamed('sol.mp4', 3)];

  const promise = (title: string, prove: (t: ExecutionContext, catalog: Catalog, found: (text: string) => Promise<readonly string[]>) => Promise<void>) => {
    test(`${kind}: ${title}`, async t => {
      await using catalog = await open(t);
      for (const manifest of [faro, mar, sol]) await catalog.putManifest(manifest, 1);
      await catalog.putDetails(faro.id, { title: 'El Fáro de «Ñandú»', description: 'Isla' });
      await catalog.applyInventory(1, inventory('a', [faro, mar, sol].map(manifest => announced(manifest))), 10);
      await catalog.putDetails(mar.id, { title: 'Faro', durationMs: 1 });
      await prove(t, catalog, async text => (await catalog.search(text, { limit: 10 })).items.map(({ name }) => name));
    });
  };

  promise('a video is found by its title, whether that came before its name or after, and by words of both', async (t, _, found) => {
    t.deepEqual(await found('faro'), ['mar.mp4', 'vid_0034.mp4']);
    for (const text of ['FARO nandu', 'ñandú 0034', 'vid fa', 'l «ñ', 'd a', '34 ndu p4']) t.deepEqual(await found(text), ['vid_0034.mp4'], text);
    t.deepEqual(await found('mp4'), ['mar.mp4', 'sol.mp4', 'vid_0034.mp4']);
    for (const text of ['faro sol', 'isla', 'mp4el', 'mp4faro', 'marfaro', '4f']) t.deepEqual(await found(text), [], text);
  });

  promise('pages of what names and titles have follow each other in order of name', async (t, catalog) => {
    const first = await catalog.search('ar', { limit: 1 });
    const second = await catalog.search('ar', { limit: 1, after: first.next });
    t.deepEqual([...first.items, ...second.items].map(({ name }) => name), ['mar.mp4', 'vid_0034.mp4']);
    t.is(second.next, undefined);
  });

  promise('a title that was changed or taken away is not found any more; another detail changes nothing', async (t, catalog, found) => {
    await catalog.putDetails(faro.id, { title: 'La torre' });
    await catalog.putDetails(mar.id, { description: 'Torre', width: 4 });
    t.deepEqual([await found('torre'), await found('to'), await found('nandu'), await found('ñ'), await found('faro')], [['vid_0034.mp4'], ['vid_0034.mp4'], [], [], ['mar.mp4']]);
    await catalog.putDetails(faro.id, { title: '' });
    t.deepEqual([await found('torre'), await found('to'), await found('vid')], [[], [], ['vid_0034.mp4']]);
    await catalog.putDetails(faro.id, { title: 'Torre otra vez' });
    t.deepEqual(await found('0034 vez'), ['vid_0034.mp4']);
  });

  promise('a title goes with its content: to every name of it, to the trash and back, and not to what takes its name', async (t, catalog, found) => {
    await catalog.applyInventory(2, inventory('b', [announced(faro, 'copia.mp4'), announced(sol, 'mar.mp4')]), 20);
    t.deepEqual(await found('nandu'), ['copia.mp4', 'vid_0034.mp4']);
    await catalog.putDetails(faro.id, { title: 'Ñu' });
    t.deepEqual([await found('ñu'), await found('nandu')], [['copia.mp4', 'vid_0034.mp4'], []]);
    await catalog.rename('copia.mp4', 'otra.mkv', 30);
    t.deepEqual([await found('nu mkv'), await found('nu copia')], [['otra.mkv'], []]);
    await catalog.remove('otra.mkv', { nowMs: 40, keptMs: 1000 });
    t.deepEqual(await found('nu'), ['vid_0034.mp4']);
    await catalog.putDetails(faro.id, { title: 'Ñu blanco' });
    await catalog.restore({ name: 'otra.mkv' }, { nowMs: 50 });
    t.deepEqual(await found('nu blanco'), ['otra.mkv', 'vid_0034.mp4']);
    t.deepEqual(await found('faro'), ['mar.mp4']);
    await catalog.applyInventory(1, inventory('c', [announced(faro), announced(sol)]), 60);
    t.like(await catalog.findByName('mar.mp4'), { id: sol.id });
    t.deepEqual(await found('faro'), []);
  });

  promise('near names are like names, however many titles are like what was asked', async (t, catalog) => {
    const files = Array.from({ length: 400 }, (_, seed) => manifestNamed(`${seed}.mp4`, 100 + seed));
    for (const file of files) {
      await catalog.putManifest(file, 1);
      await catalog.putDetails(file.id, { title: 'Película' });
    }
    await catalog.applyInventory(2, inventory('b', [...files, manifestNamed('pelicula.mp4', 1)].map(file => announced(file))), 20);
    t.deepEqual(await catalog.nearNames('película 4.mp4', 1), ['pelicula.mp4']);
    t.is((await catalog.search('pelicula', { limit: 500 })).items.length, 401);
  });
}
