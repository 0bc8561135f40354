import test from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { fileIdOf, parseManifest } from '../../lib/domain/manifest.ts';
import { manifestOf, manifestWithPieces } from '../helpers/manifests.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const bytes = randomBytes(2 * MIB + 5, 1);
const manifest = manifestWithPieces(bytes);

test('piece hashes are no part of the id, and may be absent', t => {
  t.is(fileIdOf(manifest), manifestOf(bytes).id);
  t.deepEqual(parseManifest(manifest), manifest);
  t.deepEqual(parseManifest(manifestOf(bytes)), manifestOf(bytes));
});

test('piece hashes have to be canonical base64 of as many bytes as there are parts', t => {
  const { sha1, sha256Layer } = manifest.pieces!;
  for (const pieces of [
    { sha1: '', sha256Layer: '' },
    { sha1: sha256Layer, sha256Layer: sha1 },
    { sha1: sha1.slice(4), sha256Layer },
    { sha1, sha256Layer: `${sha256Layer}AAAA` },
    { sha1: `${sha1}\n`, sha256Layer },
    { sha1, sha256Layer: sha256Layer.replace(/.$/, '!') },
  ]) {
    t.throws(() => parseManifest({ ...manifest, pieces }), { code: 'invalid_manifest', message: /pieces/ });
  }
});

test('an empty file has pieces, none of them', t => {
  const empty = manifestWithPieces(new Uint8Array(0));
  t.deepEqual(empty.pieces, { sha1: '', sha256Layer: '' });
  t.deepEqual(parseManifest(empty), empty);
});
