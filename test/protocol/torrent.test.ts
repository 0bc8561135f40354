import { createHash } from 'node:crypto';
import test from 'ava';
import { KIB, MIB } from '../../lib/base/units.ts';
import { bencode } from '../../lib/protocol/bencode.ts';
import { formatTorrent, parseTorrentVersion, torrentVersions, type TorrentVersion } from '../../lib/protocol/torrent.ts';
import { manifestOf, manifestWithPieces, treeOf } from '../helpers/manifests.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const SEEDS = ['http://127.0.0.1:1/files/x', 'http://127.0.0.1:2/files/x'];
const bytes = randomBytes(3 * MIB + 5, 1);
const manifest = manifestWithPieces(bytes, 'El faro ñ.mp4');

/** The bencoded value of a key, as far as `length` bytes of it. */
function valueOf(torrent: Buffer, key: string | Buffer, length: number): Buffer {
  const needle = bencode(Buffer.from(key as string));
  const at = torrent.lastIndexOf(needle);
  return at === -1 ? Buffer.alloc(0) : torrent.subarray(at + needle.length, at + needle.length + length);
}

function has(torrent: Buffer, key: string): boolean {
  return torrent.includes(bencode(key));
}

test('bencode says integers, text in UTF-8, bytes, lists, and dictionaries in the order of their bytes', t => {
  t.is(bencode(-3).toString(), 'i-3e');
  t.is(bencode('ñ').toString(), '2:ñ');
  t.is(bencode(['a', 0, []]).toString(), 'l1:ai0elee');
  t.deepEqual(bencode(Buffer.from([0, 255])), Buffer.from([0x32, 0x3a, 0, 255]));
  t.is(bencode(new Map([['ñ', 1], ['z', 2], ['Z', 3], ['', 4]])).toString(), 'd0:i4e1:Zi3e1:zi2e2:ñi1ee');
  t.deepEqual(bencode(new Map([[Buffer.from([255]), 1], [Buffer.from([1, 2]), 2]])), Buffer.from([...Buffer.from('d2:'), 1, 2, ...Buffer.from('i2e1:'), 255, ...Buffer.from('i1ee')]));
});

test('version 1 has the SHA-1 of each part, version 2 the tree, and a hybrid both', t => {
  const old = formatTorrent(manifest, SEEDS, '1');
  const young = formatTorrent(manifest, SEEDS, '2');
  const hybrid = formatTorrent(manifest, SEEDS, 'hybrid');
  const pieces = Array.from({ length: 4 }, (_, part) => createHash('sha1').update(bytes.subarray(part * MIB, (part + 1) * MIB)).digest());
  const root = treeOf(bytes);
  const layer = Array.from({ length: 4 }, (_, part) => treeOf(bytes.subarray(part * MIB, (part + 1) * MIB), 64));
  for (const torrent of [old, hybrid]) {
    t.deepEqual(valueOf(torrent, 'pieces', 83), bencode(Buffer.concat(pieces)));
  }
  for (const torrent of [young, hybrid]) {
    t.deepEqual(valueOf(torrent, 'pieces root', 35), bencode(root));
    t.is(valueOf(torrent, 'meta version', 3).toString(), 'i2e');
    t.deepEqual(valueOf(torrent, root, 132), bencode(Buffer.concat(layer)));
  }
  t.false(has(old, 'meta version') || has(old, 'file tree') || has(old, 'piece layers'));
  t.false(has(young, 'pieces'));
  for (const torrent of [old, young, hybrid]) {
    t.is(valueOf(torrent, 'piece length', 9).toString(), 'i1048576e');
    t.true(torrent.includes(bencode(manifest.name)));
    t.true(torrent.includes(Buffer.concat([bencode('url-list'), bencode(SEEDS)])));
  }
});

test('who describes one file at different places describes the same torrent', t => {
  const infoOf = (version: TorrentVersion, seeds: readonly string[], createdAtMs: number) => {
    const torrent = formatTorrent({ ...manifest, createdAtMs }, seeds, version);
    const start = torrent.indexOf('4:infod') + 6;
    const end = version === '1' ? torrent.indexOf('8:url-list') : torrent.indexOf('12:piece layers');
    return torrent.subarray(start, end);
  };
  for (const version of torrentVersions) t.deepEqual(infoOf(version, SEEDS, 1000), infoOf(version, [], 5000));
});

test('a file of one part has no layer, and an empty one no root', t => {
  for (const size of [1, 16 * KIB, MIB]) {
    const content = randomBytes(size, size);
    const torrent = formatTorrent(manifestWithPieces(content), SEEDS, '2');
    t.deepEqual(valueOf(torrent, 'pieces root', 35), bencode(treeOf(content)));
    t.is(valueOf(torrent, 'piece layers', 2).toString(), 'de');
  }
  const empty = formatTorrent(manifestWithPieces(new Uint8Array(0)), SEEDS, 'hybrid');
  t.false(has(empty, 'pieces root'));
  t.is(valueOf(empty, 'pieces', 2).toString(), '0:');
});

test('without piece hashes there is no torrent', t => {
  t.throws(() => formatTorrent(manifestOf(bytes), SEEDS, '1'), { code: 'not_found' });
});

test('a version is one of three, and hybrid when nobody says', t => {
  t.is(parseTorrentVersion(null), 'hybrid');
  for (const version of torrentVersions) t.is(parseTorrentVersion(version), version);
  for (const other of ['', '3', 'v1', 'HYBRID']) t.throws(() => parseTorrentVersion(other), { code: 'invalid_request' });
});
