import type { FileId } from '../../domain/file.ts';
import { contentOfName } from '../../domain/naming.ts';
import { foldText } from '../../domain/search-text.ts';
import { batchesOf } from './batches.ts';
import { departedFiles, departingNames, reclaimNames } from './departures.ts';
import { groupBy } from './groups.ts';
import { holdersOf, refreshHolders } from './holders.ts';
import type { CatalogDb, Unsettled } from './schema.ts';
import { foldedTitlesOf } from './titles.ts';

/**
 * Brings everything that follows from `replicas` up to date after rows with these names and files came, with the mark
 * that they deserve under the name's present content, or went.
 */
export async function settleReplicas(
  db: CatalogDb,
  rows: readonly { readonly name: string; readonly file_id: FileId }[],
  nowMs: number,
): Promise<void> {
  const abandoned = await refreshHolders(db, rows.map(({ file_id }) => file_id));
  const free: string[] = [];
  // A content may stand behind names that were not touched.
  for await (const ids of batchesOf(abandoned)) {
    const videos = await db.selectFrom('videos').select('name').where('file_id', 'in', ids).execute();
    free.push(...videos.map(({ name }) => name));
  }
  for await (const names of batchesOf(rows.map(({ name }) => name))) {
    const held = await db.selectFrom('videos').select('name').where('name', 'in', names).where('holders', '!=', '').execute();
    const kept = new Set(held.map(({ name }) => name));
    free.push(...names.filter(name => !kept.has(name)));
  }
  await settleNames(db, free, nowMs);
}

/** Gives each name its content, and each of its replicas the mark that follows. Expects `videos.holders` to be right. */
export async function settleNames(db: CatalogDb, names: Iterable<string>, nowMs: number): Promise<void> {
  for await (const batch of batchesOf(names)) await settleBatch(db, batch, nowMs);
}

async function settleBatch(db: CatalogDb, names: readonly string[], nowMs: number): Promise<void> {
  const replicas = groupBy(await replicasNamed(db, names), ({ name }) => name);
  const videos = await db.selectFrom('videos').select(['name', 'file_id', 'holders']).where('name', 'in', names).execute();
  const current = new Map(videos.map(video => [video.name, video]));
  const departing = await departingNames(db, names);
  // Nobody announces them, and yet a node's trash has them.
  const departed = await departedFiles(db, videos.filter(({ holders }) => holders === '').map(({ file_id }) => file_id));
  const taken: NewContent[] = [];
  const marked: { readonly seq: number; readonly mark: Unsettled | null }[] = [];
  for (const name of names) {
    const video = current.get(name);
    const announced = replicas.get(name) ?? [];
    const known = announced.filter(({ manifest_id, node, file_id }) => manifest_id !== null && !departing.has(node, name, file_id));
    const content = contentOfName(video?.file_id, id => video?.holders !== '' || departed.has(id), known.map(({ file_id }) => file_id));
    if (content !== undefined && content !== video?.file_id) {
      taken.push({ name, file_id: content, size_bytes: known[0]!.manifest_size! });
    }
    for (const { seq, node, file_id, manifest_id, unsettled } of announced) {
      const markOfOther = departing.has(node, name, file_id) ? 'removed' : 'conflict';
      const mark = manifest_id === null ? 'no_manifest' : file_id === content ? null : markOfOther;
      if (mark !== unsettled) marked.push({ seq, mark });
    }
  }
  if (taken.length > 0) await takeNames(db, taken, nowMs);
  for (const [unsettled, group] of groupBy(marked, ({ mark }) => mark)) {
    for await (const seqs of batchesOf(group.map(({ seq }) => seq))) {
      await db.updateTable('replicas').set({ unsettled }).where('seq', 'in', seqs).execute();
    }
  }
  await reclaimNames(db, taken);
}

/** In order of announcement, each with its manifest when that is known. */
function replicasNamed(db: CatalogDb, names: readonly string[]) {
  return db
    .selectFrom('replicas')
    .leftJoin('manifests', 'manifests.id', 'replicas.file_id')
    .select(['replicas.seq', 'replicas.node', 'replicas.name', 'replicas.file_id', 'replicas.unsettled'])
    .select(['manifests.id as manifest_id', 'manifests.size_bytes as manifest_size'])
    .where('replicas.name', 'in', names)
    .orderBy('replicas.seq')
    .execute();
}

interface NewContent {
  readonly name: string;
  readonly file_id: FileId;
  readonly size_bytes: number;
}

async function takeNames(db: CatalogDb, taken: readonly NewContent[], nowMs: number): Promise<void> {
  const ids = [...new Set(taken.map(({ file_id }) => file_id))];
  const holders = await holdersOf(db, ids);
  const titles = await foldedTitlesOf(db, ids);
  await db
    .insertInto('videos')
    .values(
      taken.map(({ name, file_id, size_bytes }) => ({
        name,
        folded_name: foldText(name),
        file_id,
        size_bytes,
        added_at_ms: nowMs,
        holders: holders.get(file_id)!,
        folded_title: titles.get(file_id) ?? '',
      })),
    )
    .onConflict(conflict =>
      conflict.columns(['name', 'folded_name']).doUpdateSet(({ ref }) => ({
        file_id: ref('excluded.file_id'),
        size_bytes: ref('excluded.size_bytes'),
        added_at_ms: ref('excluded.added_at_ms'),
        holders: ref('excluded.holders'),
        folded_title: ref('excluded.folded_title'),
      })),
    )
    .execute();
}
