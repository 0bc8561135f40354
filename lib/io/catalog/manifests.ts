import type { Selectable } from 'kysely';
import type { FileId, NodeNumber } from '../../domain/file.ts';
import type { Manifest, PieceHashes } from '../../domain/manifest.ts';
import { joinHashes, splitHashes } from './part-hashes.ts';
import type { CatalogDb, ManifestRow } from './schema.ts';

export async function findManifest(db: CatalogDb, id: FileId): Promise<Manifest | undefined> {
  const row = await db.selectFrom('manifests').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  const pieces = piecesOf(row);
  return {
    id: row.id,
    name: row.name,
    sizeBytes: row.size_bytes,
    partSizeBytes: row.part_size_bytes,
    partHashes: splitHashes(row.part_hashes),
    sha256: row.sha256,
    createdAtMs: row.created_at_ms,
    ...(pieces && { pieces }),
  };
}

function piecesOf({ piece_hashes, piece_layer }: Pick<Selectable<ManifestRow>, 'piece_hashes' | 'piece_layer'>): PieceHashes | undefined {
  if (piece_hashes === null || piece_layer === null) return undefined;
  const toBase64 = (bytes: ArrayBuffer) => Buffer.from(bytes).toString('base64');
  return { sha1: toBase64(piece_hashes), sha256Layer: toBase64(piece_layer) };
}

/** False when there was one with this id, which stays as it is. */
export async function insertManifest(db: CatalogDb, manifest: Manifest): Promise<boolean> {
  const inserted = await db
    .insertInto('manifests')
    .values({
      id: manifest.id,
      name: manifest.name,
      size_bytes: manifest.sizeBytes,
      part_size_bytes: manifest.partSizeBytes,
      part_hashes: joinHashes(manifest.partHashes),
      sha256: manifest.sha256,
      created_at_ms: manifest.createdAtMs,
      piece_hashes: manifest.pieces ? Buffer.from(manifest.pieces.sha1, 'base64') : null,
      piece_layer: manifest.pieces ? Buffer.from(manifest.pieces.sha256Layer, 'base64') : null,
    })
    .onConflict(conflict => conflict.column('id').doNothing())
    .returning('id')
    .execute();
  return inserted.length > 0;
}

/** `Catalog.missingManifests`. A content that the node has under several names is asked for once. */
export async function findMissingManifests(db: CatalogDb, node: NodeNumber, limit: number): Promise<readonly FileId[]> {
  const ids = new Set<FileId>();
  let after = 0;
  while (ids.size < limit) {
    const rows = await db
      .selectFrom('replicas')
      .select(['seq', 'file_id'])
      .where('unsettled', '=', 'no_manifest')
      .where('node', '=', node)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(limit - ids.size)
      .execute();
    if (rows.length === 0) break;
    for (const { file_id } of rows) ids.add(file_id);
    after = rows.at(-1)!.seq;
  }
  return [...ids];
}
