import type { ExecutionContext, TestFn } from 'ava';
import type { AnnouncedFile, Catalog, InventorySlice } from '../../lib/domain/catalog.ts';
import type { Manifest } from '../../lib/domain/manifest.ts';
import { manifestNamed, manifestOf, manifestWithPieces } from '../helpers/manifests.ts';

type OpenCatalog = (t: ExecutionContext) => Promise<Catalog>;

export function announced({ name, id, sizeBytes }: Manifest, as = name): AnnouncedFile {
  return { name: as, id, sizeBytes };
}

/** A whole inventory in one slice. */
export function inventory(inventoryId: string, added: readonly AnnouncedFile[], toRevision = added.length): InventorySlice {
  return { inventoryId, fromRevision: 0, toRevision, isComplete: true, added, removed: [] };
}

/** The next slice of that inventory, in which these names are gone. */
export function withdrawal(inventoryId: string, fromRevision: number, ...removed: readonly string[]): InventorySlice {
  return { inventoryId, fromRevision, toRevision: fromRevision + removed.length, isComplete: true, added: [], removed };
}

/** The promises of `lib/domain/catalog.ts`. */
export function catalogContract(test: TestFn, kind: string, open: OpenCatalog): void {
  const [faro, mar, other] = [manifestNamed('faro.mp4', 1), manifestNamed('mar.mp4', 2), manifestNamed('faro.mp4', 3)];

  const promise = (title: string, prove: (t: ExecutionContext, catalog: Catalog) => Promise<void>) => {
    test(`${kind}: ${title}`, async t => {
      await using catalog = await open(t);
      await prove(t, catalog);
    });
  };

  promise('a name enters when its content was announced and its manifest is known, in either order', async (t, catalog) => {
    await catalog.applyInventory(1, inventory('a', [announced(faro)]), 100);
    t.is(await catalog.findByName('faro.mp4'), undefined);
    t.deepEqual(await catalog.missingManifests(1, 10), [faro.id]);
    await catalog.putManifest(faro, 200);
    t.deepEqual(await catalog.findByName('faro.mp4'), {
      name: 'faro.mp4', id: faro.id, sizeBytes: faro.sizeBytes, addedAtMs: 200, nodes: [1],
    });
    t.deepEqual(await catalog.missingManifests(1, 10), []);
    await catalog.putManifest(mar, 300);
    t.is(await catalog.findByName('mar.mp4'), undefined);
    await catalog.applyInventory(2, inventory('b', [announced(mar)]), 400);
    t.like(await catalog.findByName('mar.mp4'), { addedAtMs: 400, nodes: [2] });
  });

  promise('a manifest comes back as it was, also with thousands of parts and with none', async (t, catalog) => {
    const many = { ...faro, id: 'e'.repeat(64), partHashes: Array.from({ length: 65_536 }, (_, part) => part.toString(16).padStart(64, '0')) };
    const empty = manifestOf(new Uint8Array(0), 'vacío.mp4');
    const withPieces = manifestWithPieces(Buffer.alloc(3 * 1024 * 1024, 7), 'piezas.mp4');
    const emptyWithPieces = { ...manifestWithPieces(new Uint8Array(0)), id: 'd'.repeat(64) };
    for (const manifest of [faro, many, empty, withPieces, emptyWithPieces]) {
      await catalog.putManifest(manifest, 1);
      t.deepEqual(await catalog.manifest(manifest.id), manifest);
    }
    t.is(await catalog.manifest('0'.repeat(64)), undefined);
  });

  promise('of two manifests with one id the first is kept', async (t, catalog) => {
    await catalog.putManifest(faro, 1);
    await catalog.putManifest({ ...faro, name: 'otro.mp4', sha256: '0'.repeat(64) }, 2);
    t.deepEqual(await catalog.manifest(faro.id), faro);
  });

  promise('the first content keeps its name while any node holds it; then the other takes it', async (t, catalog) => {
    for (const manifest of [faro, other]) await catalog.putManifest(manifest, 1);
    await catalog.applyInventory(1, inventory('a', [announced(faro)]), 10);
    await catalog.applyInventory(2, inventory('b', [announced(other)]), 20);
    t.like(await catalog.findByName('faro.mp4'), { id: faro.id, nodes: [1] });
    t.deepEqual(await catalog.conflicts(10), [{ name: 'faro.mp4', keptId: faro.id, otherId: other.id, nodes: [2] }]);
    await catalog.applyInventory(1, { inventoryId: 'a', fromRevision: 1, toRevision: 2, isComplete: true, added: [], removed: ['faro.mp4'] }, 30);
    t.like(await catalog.findByName('faro.mp4'), { id: other.id, nodes: [2], addedAtMs: 30 });
    t.deepEqual(await catalog.conflicts(10), []);
  });

  promise('a content that lives on under another name keeps its first name until it is gone', async (t, catalog) => {
    for (const manifest of [faro, other]) await catalog.putManifest(manifest, 1);
    await catalog.applyInventory(1, inventory('a', [announced(faro)]), 10);
    await catalog.applyInventory(2, inventory('b', [announced(other)]), 20);
    const renamed = { inventoryId: 'a', fromRevision: 1, toRevision: 3, isComplete: true, added: [announced(faro, 'torre.mp4')], removed: ['faro.mp4'] };
    await catalog.applyInventory(1, renamed, 30);
    t.like(await catalog.findByName('faro.mp4'), { id: faro.id });
    t.like(await catalog.findByName('torre.mp4'), { id: faro.id, nodes: [1] });
    await catalog.applyInventory(1, { inventoryId: 'a', fromRevision: 3, toRevision: 4, isComplete: true, added: [], removed: ['torre.mp4'] }, 40);
    t.like(await catalog.findByName('faro.mp4'), { id: other.id, nodes: [2] });
  });

  promise('a file that no node holds any more is not forgotten', async (t, catalog) => {
    await catalog.putManifest(faro, 1);
    await catalog.applyInventory(1, inventory('a', [announced(faro)]), 10);
    await catalog.applyInventory(1, inventory('another run', []), 20);
    t.like(await catalog.findByName('faro.mp4'), { id: faro.id, nodes: [], addedAtMs: 10 });
    t.deepEqual((await catalog.list({ limit: 10 })).items.map(({ name }) => name), ['faro.mp4']);
  });

  promise('slices are taken in order; a repeated one changes nothing, a gap asks for the start', async (t, catalog) => {
    for (const manifest of [faro, mar]) await catalog.putManifest(manifest, 1);
    const first = { inventoryId: 'a', fromRevision: 0, toRevision: 1, isComplete: false, added: [announced(faro)], removed: [] };
    const second = { inventoryId: 'a', fromRevision: 1, toRevision: 2, isComplete: true, added: [announced(mar)], removed: [] };
    t.is(await catalog.applyInventory(1, second, 5), 0);
    t.is(await catalog.applyInventory(1, first, 10), 1);
    t.is(await catalog.applyInventory(1, first, 11), 1);
    t.is(await catalog.applyInventory(1, second, 12), 2);
    t.is(await catalog.applyInventory(1, { ...second, fromRevision: 7, toRevision: 8 }, 13), 2);
    t.deepEqual((await catalog.list({ limit: 10 })).items.map(({ name, nodes }) => [name, nodes]), [['faro.mp4', [1]], ['mar.mp4', [1]]]);
  });

  promise('a new run of a node replaces what the last one announced, when it is complete', async (t, catalog) => {
    for (const manifest of [faro, mar]) await catalog.putManifest(manifest, 1);
    await catalog.applyInventory(1, inventory('a', [announced(faro), announced(mar)]), 10);
    const begun = { inventoryId: 'b', fromRevision: 0, toRevision: 1, isComplete: false, added: [announced(mar)], removed: [] };
    t.is(await catalog.applyInventory(1, begun, 20), 1);
    t.like(await catalog.findByName('faro.mp4'), { nodes: [1] });
    await catalog.applyInventory(1, { ...begun, fromRevision: 1, isComplete: true, added: [] }, 30);
    t.like(await catalog.findByName('faro.mp4'), { nodes: [] });
    t.like(await catalog.findByName('mar.mp4'), { nodes: [1] });
  });

  promise('a replica that was withdrawn counts again when it is announced again', async (t, catalog) => {
    await catalog.putManifest(faro, 1);
    await catalog.applyInventory(1, inventory('a', [announced(faro)]), 10);
    await catalog.applyInventory(1, withdrawal('a', 1, 'faro.mp4'), 15);
    t.like(await catalog.findByName('faro.mp4'), { nodes: [] });
    await catalog.applyInventory(1, { inventoryId: 'a', fromRevision: 2, toRevision: 3, isComplete: true, added: [announced(faro)], removed: [] }, 20);
    t.like(await catalog.findByName('faro.mp4'), { nodes: [1] });
  });

  promise('the last replica frees all its names for what else was announced', async (t, catalog) => {
    for (const manifest of [faro, other]) await catalog.putManifest(manifest, 1);
    await catalog.applyInventory(1, inventory('a', [announced(faro), announced(faro, 'torre.mp4')]), 10);
    await catalog.applyInventory(2, inventory('b', [announced(other), announced(other, 'torre.mp4')]), 20);
    await catalog.applyInventory(1, withdrawal('a', 2, 'faro.mp4', 'torre.mp4'), 30);
    for (const name of ['faro.mp4', 'torre.mp4']) t.like(await catalog.findByName(name), { id: other.id, nodes: [2], addedAtMs: 30 });
    await catalog.applyInventory(3, withdrawal('c', 0, 'faro.mp4'), 40);
    t.is((await catalog.findById(other.id))?.name, 'faro.mp4');
  });

  promise('of several contents that wait for a name, the first that was announced takes it, also after its node restarts', async (t, catalog) => {
    const third = manifestNamed('faro.mp4', 4);
    for (const manifest of [faro, other, third]) await catalog.putManifest(manifest, 1);
    for (const [node, manifest] of [[1, faro], [2, other], [3, third]] as const) {
      await catalog.applyInventory(node, inventory('a', [announced(manifest)]), 10);
    }
    await catalog.applyInventory(2, inventory('b', [announced(other)]), 20);
    t.deepEqual((await catalog.conflicts(10)).map(({ nodes }) => nodes).sort(), [[2], [3]]);
    t.is((await catalog.conflicts(1)).length, 1);
    await catalog.applyInventory(1, withdrawal('a', 1, 'faro.mp4'), 30);
    t.like(await catalog.findByName('faro.mp4'), { id: other.id });
  });

  promise('a content whose manifest is not known waits, and is no conflict before', async (t, catalog) => {
    await catalog.putManifest(faro, 1);
    await catalog.applyInventory(1, inventory('a', [announced(faro)]), 10);
    await catalog.applyInventory(2, inventory('b', [announced(other), announced(other, 'copia.mp4'), announced(mar)]), 20);
    t.deepEqual(await catalog.conflicts(10), []);
    t.deepEqual(await catalog.missingManifests(2, 10), [other.id, mar.id]);
    t.deepEqual(await catalog.missingManifests(2, 2), [other.id, mar.id]);
    t.deepEqual(await catalog.missingManifests(2, 1), [other.id]);
    await catalog.putManifest(other, 30);
    t.deepEqual(await catalog.conflicts(10), [{ name: 'faro.mp4', keptId: faro.id, otherId: other.id, nodes: [2] }]);
    t.like(await catalog.findByName('copia.mp4'), { id: other.id, addedAtMs: 30 });
  });

  promise('a name told twice in a slice counts as told last', async (t, catalog) => {
    for (const manifest of [faro, other]) await catalog.putManifest(manifest, 1);
    await catalog.applyInventory(1, { ...inventory('a', [announced(faro), announced(other)]), removed: ['faro.mp4'] }, 10);
    t.like(await catalog.findByName('faro.mp4'), { id: other.id, nodes: [1] });
  });

  promise('an empty file is a file', async (t, catalog) => {
    const empty = manifestOf(new Uint8Array(0), 'vacío.mp4');
    await catalog.putManifest(empty, 1);
    await catalog.applyInventory(1, inventory('a', [announced(empty)]), 10);
    t.like(await catalog.findByName('vacío.mp4'), { sizeBytes: 0, nodes: [1] });
    t.deepEqual(await catalog.counts(), { videos: 1, bytes: 0 });
  });

  promise('an empty catalogue has nothing', async (t, catalog) => {
    t.deepEqual(await catalog.list({ limit: 1 }), { items: [], next: undefined });
    t.deepEqual(await catalog.counts(), { videos: 0, bytes: 0 });
    t.deepEqual(await catalog.underReplicated(3, [1], 10), []);
    t.deepEqual(await catalog.nearNames('faro.mp4', 3), []);
    t.is(await catalog.findById(faro.id), undefined);
  });

  promise('under-replicated files come fewest copies first, counted among the nodes that count', async (t, catalog) => {
    const [a, b, c] = ['a.mp4', 'b.mp4', 'c.mp4'].map((name, seed) => manifestNamed(name, 50 + seed));
    for (const manifest of [a!, b!, c!]) await catalog.putManifest(manifest, 1);
    await catalog.applyInventory(1, inventory('1', [announced(a!), announced(b!), announced(c!)]), 10);
    await catalog.applyInventory(2, inventory('2', [announced(a!), announced(b!)]), 10);
    await catalog.applyInventory(3, inventory('3', [announced(a!)]), 10);
    const names = async (wanted: number, nodes: number[], sources?: number[]) =>
      (await catalog.underReplicated(wanted, nodes, 10, sources && { sources })).map(({ name }) => name);
    t.deepEqual(await names(3, [1, 2, 3]), ['c.mp4', 'b.mp4']);
    t.deepEqual(await names(2, [2, 3]), ['c.mp4', 'b.mp4']);
    // Of those with as few copies that count, the ones with fewest others.
    t.deepEqual(await names(1, []), ['c.mp4', 'b.mp4', 'a.mp4']);
    t.deepEqual(await names(1, [1]), []);
    t.deepEqual(await names(3, [1, 2, 3], [2]), ['b.mp4']);
    t.deepEqual(await names(3, [1, 2, 3], []), []);
  });

  promise('among files that want copies, those that nobody has room for are left out, however many', async (t, catalog) => {
    const sized = (name: string, sizeBytes: number, seed: number) => manifestOf(new Uint8Array(sizeBytes).fill(seed), name);
    const large = Array.from({ length: 20 }, (_, index) => sized(`a grande ${index}.mp4`, 900, index));
    const [small, tiny] = [sized('b pequeño.mp4', 300, 1), sized('c diminuto.mp4', 10, 1)];
    for (const manifest of [...large, small, tiny]) await catalog.putManifest(manifest, 1);
    await catalog.applyInventory(1, inventory('1', [...large, small, tiny].map(manifest => announced(manifest))), 10);
    const names = async (rooms: readonly (readonly [number, number])[], limit = 10) =>
      (await catalog.underReplicated(2, [1, 2], limit, { rooms: new Map(rooms) })).map(({ name }) => name);
    t.deepEqual(await names([[2, 300]]), ['c diminuto.mp4', 'b pequeño.mp4'], 'the smallest first');
    t.deepEqual(await names([[2, 299], [3, 0]], 1), ['c diminuto.mp4']);
    t.deepEqual(await names([[1, 5000], [2, 9]]), [], 'who has room holds it already');
    t.deepEqual(await names([]), []);
    t.is((await names([[2, Infinity]], 30)).length, 22);
  });

  promise('of files that want copies alike, each set of holders has its turn: each has other places to go to', async (t, catalog) => {
    const heldBy = async (node: number, sizes: readonly number[]) => {
      const manifests = sizes.map(sizeBytes => manifestOf(new Uint8Array(sizeBytes).fill(node), `${node}, ${sizeBytes}.mp4`));
      for (const manifest of manifests) await catalog.putManifest(manifest, 1);
      await catalog.applyInventory(node, inventory(String(node), manifests.map(manifest => announced(manifest))), 10);
    };
    await heldBy(1, [10, 20, 30, 40, 50]);
    await heldBy(2, [15, 25]);
    await heldBy(3, [11]);
    const names = async (limit: number) => (await catalog.underReplicated(2, [1, 2, 3], limit)).map(({ name }) => name);
    t.deepEqual(await names(4), ['1, 10.mp4', '2, 15.mp4', '3, 11.mp4', '1, 20.mp4']);
    t.deepEqual(await names(7), ['1, 10.mp4', '2, 15.mp4', '3, 11.mp4', '1, 20.mp4', '2, 25.mp4', '1, 30.mp4', '1, 40.mp4']);
    t.is((await names(100)).length, 8);
  });

  promise('an under-replicated file with two names is told once, one that no node holds never', async (t, catalog) => {
    for (const manifest of [faro, mar]) await catalog.putManifest(manifest, 1);
    await catalog.applyInventory(1, inventory('a', [announced(faro, 'torre.mp4'), announced(faro), announced(mar)]), 10);
    await catalog.applyInventory(1, withdrawal('a', 3, 'mar.mp4'), 20);
    t.deepEqual((await catalog.underReplicated(3, [1, 2], 10)).map(({ name }) => name), ['faro.mp4']);
    t.deepEqual(await catalog.underReplicated(3, [1, 2], 0), []);
  });

  promise('pages follow each other in order of name', async (t, catalog) => {
    const names = ['Árbol.mp4', 'b.mp4', 'con espacios.mp4', "l'été \"2\".mp4", 'z🎬.mp4', '漢字.mp4', "x'); DROP TABLE videos; --.mp4", `${'n'.repeat(251)}.mp4`];
    const files = names.map((name, seed) => manifestNamed(name, 100 + seed));
    for (const manifest of files) await catalog.putManifest(manifest, 1);
    await catalog.applyInventory(1, inventory('1', files.map(file => announced(file))), 10);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await catalog.list({ limit: 3, after });
      seen.push(...page.items.map(({ name }) => name));
      after = page.next;
    } while (after !== undefined);
    t.deepEqual(seen, [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    for (const name of names) t.is((await catalog.findByName(name))?.name, name);
    t.deepEqual(await catalog.counts(), { videos: names.length, bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) });
  });

  promise('search finds names that contain every word, whatever the accents and the case', async (t, catalog) => {
    const names = ['Canción de otoño.mp4', 'mi_video-HD.mp4', 'Otro VIDEO.mkv', '100%*"quoted".mp4', 'z🎬.mp4'];
    const files = names.map((name, seed) => manifestNamed(name, 200 + seed));
    for (const manifest of files) await catalog.putManifest(manifest, 1);
    await catalog.applyInventory(1, inventory('1', files.map(file => announced(file))), 10);
    const found = async (text: string) => (await catalog.search(text, { limit: 10 })).items.map(({ name }) => name);
    t.deepEqual(await found('cancion OTONO'), ['Canción de otoño.mp4']);
    t.deepEqual(await found('video'), ['Otro VIDEO.mkv', 'mi_video-HD.mp4']);
    t.deepEqual(await found('ide hd'), ['mi_video-HD.mp4']);
    t.deepEqual(await found('hd'), ['mi_video-HD.mp4']);
    t.deepEqual(await found('🎬'), ['z🎬.mp4']);
    t.deepEqual(await found('%*'), ['100%*"quoted".mp4']);
    t.deepEqual(await found('ninguno'), []);
    for (const text of ['', ' ', '-', '\0']) t.is((await found(text)).length, names.length);
    t.deepEqual(await found('video\0hd'), ['mi_video-HD.mp4']);
    t.deepEqual(await found('cancion'.repeat(100)), []);
    const first = await catalog.search('mp4', { limit: 2 });
    const second = await catalog.search('mp4', { limit: 2, after: first.next });
    t.deepEqual([...first.items, ...second.items].map(({ name }) => name), await found('mp4'));
    t.is(second.next, undefined);
    for (const text of ['\ud800', '"', "'", '*', 'a AND NOT b', '(', 'NEAR(a b)', '-', '\\']) await t.notThrowsAsync(found(text));
  });

  promise('near names are the likest ones', async (t, catalog) => {
    const files = ['nosferatu.mp4', 'nostalgia.mp4', 'metropolis.mp4'].map((name, seed) => manifestNamed(name, 300 + seed));
    for (const manifest of files) await catalog.putManifest(manifest, 1);
    await catalog.applyInventory(1, inventory('1', files.map(file => announced(file))), 10);
    for (const name of ['Nosferatú', 'nosfertu.mp4', 'NOSFERATUS.mkv', 'onsferatu', 'video nosferatu']) {
      t.deepEqual((await catalog.nearNames(name, 1)), ['nosferatu.mp4'], name);
    }
    t.deepEqual(await catalog.nearNames('zzzz.mp4', 3), []);
    for (const name of ['', '"', '\0', 'n'.repeat(5000)]) await t.notThrowsAsync(catalog.nearNames(name, 3));
  });

  promise('over-replicated files come most copies first, counted among the nodes that count, once whatever their names', async (t, catalog) => {
    const [a, b, c] = ['a.mp4', 'b.mp4', 'c.mp4'].map((name, seed) => manifestNamed(name, 400 + seed));
    for (const manifest of [a!, b!, c!]) await catalog.putManifest(manifest, 1);
    await catalog.applyInventory(1, inventory('1', [announced(a!), announced(b!), announced(b!, 'z.mp4'), announced(c!)]), 10);
    await catalog.applyInventory(2, inventory('2', [announced(a!), announced(b!)]), 10);
    await catalog.applyInventory(3, inventory('3', [announced(a!)]), 10);
    const names = async (wanted: number, nodes: number[], limit = 10) => (await catalog.overReplicated(wanted, nodes, limit)).map(({ name }) => name);
    t.deepEqual(await names(1, [1, 2, 3]), ['a.mp4', 'b.mp4']);
    t.deepEqual(await names(1, [1, 2, 3], 1), ['a.mp4']);
    t.deepEqual(await names(2, [1, 2, 3]), ['a.mp4']);
    t.deepEqual(await names(2, [1, 2]), []);
    t.deepEqual(await names(0, [3]), ['a.mp4']);
    t.deepEqual(await names(0, []), []);
    t.deepEqual(await names(0, [1], 0), []);
  });

  promise('videos are counted by who holds them', async (t, catalog) => {
    t.deepEqual(await catalog.holderSets(), []);
    for (const manifest of [faro, mar]) await catalog.putManifest(manifest, 1);
    await catalog.applyInventory(1, inventory('a', [announced(faro), announced(faro, 'torre.mp4'), announced(mar)]), 10);
    await catalog.applyInventory(10, inventory('b', [announced(mar)]), 10);
    t.deepEqual(await catalog.holderSets(), [
      { nodes: [1], videos: 2, bytes: 2 * faro.sizeBytes },
      { nodes: [1, 10], videos: 1, bytes: mar.sizeBytes },
    ]);
    await catalog.applyInventory(1, withdrawal('a', 3, 'faro.mp4', 'torre.mp4'), 20);
    t.deepEqual((await catalog.holderSets())[0], { nodes: [], videos: 2, bytes: 2 * faro.sizeBytes });
  });

  promise('nodes are kept by number, with what was decided about them', async (t, catalog) => {
    await catalog.saveNode({ number: 2, identity: 'x', url: 'http://127.0.0.1:2', seenAtMs: 1, mode: 'active' });
    await catalog.saveNode({ number: 1, identity: 'y', url: 'http://127.0.0.1:1', seenAtMs: 2, mode: 'draining' });
    await catalog.saveNode({ number: 2, identity: 'z', url: 'http://127.0.0.1:3', seenAtMs: 3, mode: 'gone' });
    t.deepEqual(await catalog.nodes(), [
      { number: 1, identity: 'y', url: 'http://127.0.0.1:1', seenAtMs: 2, mode: 'draining' },
      { number: 2, identity: 'z', url: 'http://127.0.0.1:3', seenAtMs: 3, mode: 'gone' },
    ]);
    await catalog.saveNode({ number: 1, identity: 'y', url: 'http://127.0.0.1:9', seenAtMs: 4 });
    await catalog.saveNode({ number: 2, identity: 'successor', url: 'http://127.0.0.1:3', seenAtMs: 4 });
    await catalog.saveNode({ number: 3, identity: 'new', url: 'http://127.0.0.1:4', seenAtMs: 4 });
    t.deepEqual((await catalog.nodes()).map(({ mode, url }) => `${mode} ${url.at(-1)}`), ['draining 9', 'active 3', 'active 4']);
  });

  promise('details of a content are merged, and may come before it', async (t, catalog) => {
    t.deepEqual([...(await catalog.details([faro.id, mar.id]))], []);
    await catalog.putDetails(faro.id, { title: 'El faro', description: 'Niebla' });
    await catalog.putDetails(faro.id, { contentType: 'video/mp4', durationMs: 90_000_000, width: 1920, height: 1080 });
    await catalog.putDetails(faro.id, { description: 'Niebla y «sal»', title: undefined });
    await catalog.putDetails(mar.id, {});
    const details = { title: 'El faro', description: 'Niebla y «sal»', contentType: 'video/mp4', durationMs: 90_000_000, width: 1920, height: 1080 };
    t.deepEqual([...(await catalog.details([mar.id, faro.id, other.id]))], [[faro.id, details]]);
    t.deepEqual([...(await catalog.details([]))], []);
  });
}
