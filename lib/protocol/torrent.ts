import { VideoError } from '../base/errors.ts';
import type { Manifest, PieceHashes } from '../domain/manifest.ts';
import { MERKLE_HASH_BYTES, piecesRoot } from '../domain/merkle.ts';
import { bencode, type Bencodable, type BencodableMap } from './bencode.ts';
import { VERSION } from './version.ts';

/** BEP 3, BEP 52, or both at once for programs of either kind. */
export const torrentVersions = ['1', '2', 'hybrid'] as const;
export type TorrentVersion = (typeof torrentVersions)[number];

/** The `version` of a query; without one, hybrid. @throws VideoError `invalid_request` */
export function parseTorrentVersion(text: string | null): TorrentVersion {
  if (text === null) return 'hybrid';
  const version = torrentVersions.find(known => known === text);
  if (version === undefined) throw new VideoError('invalid_request', { reason: `version: one of ${torrentVersions.join(', ')}` });
  return version;
}

/**
 * A torrent without trackers whose bytes come from `webSeeds`, URLs of the file itself (BEP 19). The info dictionary
 * follows from the content and its name alone, so that all who make it for one file share its info hash.
 *
 * @throws VideoError `not_found` when the manifest has no piece hashes
 */
export function formatTorrent(manifest: Manifest, webSeeds: readonly string[], version: TorrentVersion): Buffer {
  const { pieces } = manifest;
  if (!pieces) throw new VideoError('not_found', { what: 'torrent' });
  const isOld = version !== '2';
  const isNew = version !== '1';
  const info = new Map<string, Bencodable>([
    ['name', manifest.name],
    ['piece length', manifest.partSizeBytes],
    ...(isOld ? oldInfo(manifest, pieces) : []),
    ...(isNew ? newInfo(manifest, pieces) : []),
  ]);
  return bencode(
    new Map<string, Bencodable>([
      ['created by', `videopartes/${VERSION}`],
      ['creation date', Math.floor(manifest.createdAtMs / 1000)],
      ['info', info],
      ['url-list', webSeeds],
      ...(isNew ? ([['piece layers', pieceLayers(manifest, pieces)]] as const) : []),
    ]),
  );
}

function oldInfo({ sizeBytes }: Manifest, { sha1 }: PieceHashes): [string, Bencodable][] {
  return [['length', sizeBytes], ['pieces', Buffer.from(sha1, 'base64')]];
}

function newInfo(manifest: Manifest, pieces: PieceHashes): [string, Bencodable][] {
  const root = rootOf(manifest, pieces);
  const file = new Map<string, Bencodable>([['length', manifest.sizeBytes], ...(root ? ([['pieces root', root]] as const) : [])]);
  return [['meta version', 2], ['file tree', new Map([[manifest.name, new Map([['', file]])]])]];
}

/** Only of files of more than one piece: of a smaller one the root says it all. */
function pieceLayers(manifest: Manifest, pieces: PieceHashes): BencodableMap {
  const root = rootOf(manifest, pieces);
  const layer = Buffer.from(pieces.sha256Layer, 'base64');
  return root && layer.byteLength > MERKLE_HASH_BYTES ? new Map([[root, layer]]) : new Map<string, Bencodable>();
}

/** An empty file has none. */
function rootOf({ sizeBytes, partSizeBytes }: Manifest, { sha256Layer }: PieceHashes): Buffer | undefined {
  return sizeBytes === 0 ? undefined : piecesRoot(Buffer.from(sha256Layer, 'base64'), partSizeBytes);
}
