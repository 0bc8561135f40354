import type { ExecutionContext } from 'ava';
import type { Catalog } from '../../lib/domain/catalog.ts';
import { announced, inventory } from '../contracts/catalog.ts';
import { manifestNamed } from './manifests.ts';

/** More than two batches, of which every other one has a title. */
const VIDEOS = 1100;
const files = Array.from({ length: VIDEOS }, (_, seed) => manifestNamed(`vid ${seed}.mp4`, seed));

/** For a catalogue that is to be taken for one of a program that searched names only. */
export async function addTitledVideos(catalog: Catalog): Promise<void> {
  for (const file of files) await catalog.putManifest(file, 1);
  for (const [seed, { id }] of files.entries()) if (seed % 2 === 0) await catalog.putDetails(id, { title: `Película ñ${seed}` });
  await catalog.putDetails('f'.repeat(64), { title: 'Película que no llegó' });
  await catalog.applyInventory(1, inventory('a', [...files.map(file => announced(file)), announced(files[8]!, 'copia.mkv')]), 2);
}

/** Every title of those, and no other; one that changes and one that goes leave nothing in any index. */
export async function findsTitles(t: ExecutionContext, catalog: Catalog): Promise<void> {
  const found = async (text: string) => (await catalog.search(text, { limit: VIDEOS })).items.map(({ name }) => name);
  const titled = 1 + VIDEOS / 2;
  for (const text of ['PELICULA', 'ñ', 'li', 'vi ñ']) t.is((await found(text)).length, text === 'vi ñ' ? titled - 1 : titled, text);
  t.deepEqual([await found('vid pelicula n1098'), await found('pe n8 mkv'), await found('n1097')], [['vid 1098.mp4'], ['copia.mkv'], []]);
  await catalog.putDetails(files[8]!.id, { title: '' });
  await catalog.putDetails(files[12]!.id, { title: 'Otra' });
  await catalog.remove('vid 10.mp4', { nowMs: 3, keptMs: 1 });
  for (const text of ['pelicula', 'ñ', 'li']) t.is((await found(text)).length, titled - 4, text);
  t.deepEqual([await found('otra'), await found('ot 12')], [['vid 12.mp4'], ['vid 12.mp4']]);
}
