import type { Page } from '../../domain/catalog.ts';
import type { FileId } from '../../domain/file.ts';
import { foldText } from '../../domain/search-text.ts';
import type { NameOutcome, RemoveOptions, TrashedVideo } from '../../domain/trash.ts';
import { batchesOf } from './batches.ts';
import { loseName, reclaimNames } from './departures.ts';
import { holdersOf } from './holders.ts';
import type { CatalogDb, TrashRow } from './schema.ts';
import { settleNames } from './settlement.ts';
import { foldedTitlesOf } from './titles.ts';
import { selectVideos, videoOf } from './video-rows.ts';

/** `VideoTrash.remove`, inside a transaction, as the other changes of this file. */
export async function removeVideo(db: CatalogDb, name: string, { id, nowMs, keptMs }: RemoveOptions): Promise<TrashedVideo | undefined> {
  const video = await selectVideos(db).where('videos.name', '=', name).executeTakeFirst();
  if (!video || (id !== undefined && video.file_id !== id)) return undefined;
  const { file_id, size_bytes, added_at_ms } = video;
  const row = { name, file_id, size_bytes, added_at_ms, removed_at_ms: nowMs, expires_at_ms: nowMs + keptMs };
  const { seq } = await db.insertInto('trash').values(row).returning('seq').executeTakeFirstOrThrow();
  await takeName(db, video, nowMs);
  return trashedOf({ ...row, seq });
}

/** `VideoTrash.restore` */
export async function restoreVideo(
  db: CatalogDb,
  wanted: { readonly name: string } | { readonly trashId: number },
  { as, nowMs }: { readonly as?: string | undefined; readonly nowMs: number },
): Promise<NameOutcome> {
  const removed = db.selectFrom('trash').selectAll().orderBy('seq', 'desc').limit(1);
  const found = 'name' in wanted ? removed.where('name', '=', wanted.name) : removed.where('seq', '=', wanted.trashId);
  const row = await found.executeTakeFirst();
  if (!row) return { outcome: 'absent' };
  const name = as ?? row.name;
  if (await isTaken(db, name)) return { outcome: 'taken', name };
  await db.deleteFrom('trash').where('seq', '=', row.seq).execute();
  return giveName(db, { ...row, name }, nowMs);
}

/** `VideoTrash.rename` */
export async function renameVideo(db: CatalogDb, from: string, to: string, nowMs: number): Promise<NameOutcome> {
  const video = await selectVideos(db).where('videos.name', '=', from).executeTakeFirst();
  if (!video) return { outcome: 'absent' };
  if (await isTaken(db, to)) return { outcome: 'taken', name: to };
  const outcome = await giveName(db, { ...video, name: to }, nowMs);
  await takeName(db, video, nowMs);
  return outcome;
}

/** `VideoTrash.trash` */
export async function trashPage(
  db: CatalogDb,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<TrashedVideo>> {
  let query = db.selectFrom('trash').selectAll().orderBy('seq', 'desc').limit(limit + 1);
  if (after !== undefined) query = query.where('seq', '<', Number(after));
  const rows = await query.execute();
  const items = rows.slice(0, limit).map(trashedOf);
  return { items, next: rows.length > limit ? String(items.at(-1)?.trashId) : undefined };
}

/** Nearly never: a transaction is not worth it to find out. */
export async function hasExpired(db: CatalogDb, nowMs: number): Promise<boolean> {
  return (await db.selectFrom('trash').select('seq').where('expires_at_ms', '<=', nowMs).limit(1).executeTakeFirst()) !== undefined;
}

/** `VideoTrash.expireTrash` */
export async function expireTrash(db: CatalogDb, nowMs: number): Promise<readonly TrashedVideo[]> {
  const rows = await db.selectFrom('trash').selectAll().where('expires_at_ms', '<=', nowMs).orderBy('seq').execute();
  for await (const seqs of batchesOf(rows.map(({ seq }) => seq))) await db.deleteFrom('trash').where('seq', 'in', seqs).execute();
  return rows.map(trashedOf);
}

/** Another content that was announced under it, and waited, has it from now on. */
async function takeName(db: CatalogDb, { name, file_id }: { readonly name: string; readonly file_id: FileId }, nowMs: number): Promise<void> {
  await db.deleteFrom('videos').where('name', '=', name).execute();
  await loseName(db, { name, file_id });
  await settleNames(db, [name], nowMs);
}

interface NamedRow {
  readonly name: string;
  readonly file_id: FileId;
  readonly size_bytes: number;
  readonly added_at_ms: number;
}

async function giveName(db: CatalogDb, { name, file_id, size_bytes, added_at_ms }: NamedRow, nowMs: number): Promise<NameOutcome> {
  const holders = (await holdersOf(db, [file_id])).get(file_id)!;
  const folded_title = (await foldedTitlesOf(db, [file_id])).get(file_id) ?? '';
  const row = { name, file_id, size_bytes, added_at_ms, holders };
  await db.insertInto('videos').values({ ...row, folded_name: foldText(name), folded_title }).execute();
  await reclaimNames(db, [{ name, file_id }]);
  await settleNames(db, [name], nowMs);
  return { outcome: 'done', video: videoOf(row) };
}

async function isTaken(db: CatalogDb, name: string): Promise<boolean> {
  return (await db.selectFrom('videos').select('seq').where('name', '=', name).executeTakeFirst()) !== undefined;
}

function trashedOf({ seq, name, file_id, size_bytes, added_at_ms, removed_at_ms, expires_at_ms }: Omit<TrashRow, 'seq'> & { readonly seq: number }): TrashedVideo {
  return { trashId: seq, name, id: file_id, sizeBytes: size_bytes, addedAtMs: added_at_ms, removedAtMs: removed_at_ms, expiresAtMs: expires_at_ms };
}
