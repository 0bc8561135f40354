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
}
