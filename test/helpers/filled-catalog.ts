import type { Catalog } from '../../lib/domain/catalog.ts';
import { openCatalog } from '../../lib/io/catalog/open.ts';
import { announced, inventory } from '../contracts/catalog.ts';
import { manifestNamed, manifestWithPieces } from './manifests.ts';

/** Somewhat more than a batch. */
export const FILLED_VIDEOS = 520;

/** More than a batch of every kind, with names, blobs and nulls of all sorts. */
export async function fillCatalog(url: string, { longParts = 130_000 } = {}): Promise<void> {
  await using catalog = await openCatalog(url);
  const videos = Array.from({ length: FILLED_VIDEOS }, (_, seed) => manifestNamed(`${seed % 2 === 0 ? 'canción' : 'z🎬'} ${seed}.mp4`, seed));
  const long = Array.from({ length: 3 }, (_, index) => ({ ...manifestNamed(`largo ${index}.mp4`, 5000 + index), partHashes: Array.from({ length: longParts }, () => 'ab'.repeat(32)) }));
  for (const video of [...videos.slice(1), ...long, manifestWithPieces(Buffer.alloc(2_000_000, 7), 'piezas.mp4')]) await catalog.putManifest(video, 5);
  await catalog.applyInventory(1, inventory('a', videos.map(video => announced(video))), 6);
  await catalog.applyInventory(2, inventory('b', videos.slice(0, 50).map((video, index) => announced(video, videos[index + 1]!.name))), 7);
  for (const [seed, { id }] of videos.slice(0, 30).entries()) await catalog.putDetails(id, { title: `Tónica ${seed}`, durationMs: seed });
  await catalog.putDetails(videos[7]!.id, { title: '' });
  await catalog.saveNode({ number: 9_007_199_254_740_991, identity: 'x', url: 'http://127.0.0.1:1', seenAtMs: 8, mode: 'draining' });
}

/** What a catalogue answers: one that answers the same has the same. */
export async function everythingIn(catalog: Catalog) {
  return {
    list: await catalog.list({ limit: 5000 }),
    found: await catalog.search('cancion 6', { limit: 100 }),
    titled: await Promise.all(['TONICA', 'canción tonica 8', 'ni'].map(text => catalog.search(text, { limit: 100 }))),
    near: await catalog.nearNames('cancion 44.mp4', 1),
    conflicts: await catalog.conflicts(100),
    missing: await catalog.missingManifests(1, 10),
    nodes: await catalog.nodes(),
    counts: await catalog.counts(),
    manifest: await catalog.manifest(manifestNamed('largo 1.mp4', 5001).id),
  };
}
