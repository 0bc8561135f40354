import test from 'ava';
import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { isFileName } from '../../lib/domain/file.ts';
import { MIB } from '../../lib/base/units.ts';
import { formatMetalink } from '../../lib/protocol/metalink.ts';
import { parseMetalink } from '../../lib/protocol/metalink-reader.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const MIRRORS = ['http://127.0.0.1:1/files/x?a=1&b=2', 'http://[::1]:2/files/x'];

interface ReadMetalink {
  readonly metalink: { readonly '@xmlns': string; readonly file: Readonly<Record<string, unknown>> };
}

/** As a program would that knows XML and nothing of us. */
function read(text: string): ReadMetalink {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', parseTagValue: false, isArray: name => name === 'url', trimValues: false, processEntities: true });
  // Attribute values are normalised as XML 1.0 §3.3.3 has it: a name has no other white space than spaces.
  return parser.parse(text.replaceAll(/>\s+</g, '><')) as ReadMetalink;
}

test('a metalink has the name, the size, the hash of the whole and of each part, and every mirror in order', t => {
  const manifest = manifestOf(randomBytes(2 * MIB + 1, 1), 'El <faro> & "la niña" \'s.mp4');
  const text = formatMetalink(manifest, MIRRORS);
  t.true(text.startsWith('<?xml version="1.0" encoding="UTF-8"?>'));
  const { metalink } = read(text);
  t.is(metalink['@xmlns'], 'urn:ietf:params:xml:ns:metalink');
  t.deepEqual(metalink.file, {
    '@name': manifest.name,
    size: String(manifest.sizeBytes),
    hash: { '#text': manifest.sha256, '@type': 'sha-256' },
    pieces: { hash: manifest.partHashes, '@length': String(MIB), '@type': 'sha-256' },
    url: MIRRORS.map((url, index) => ({ '#text': url, '@priority': String(index + 1) })),
  });
});

test('an empty file has a hash and no pieces', t => {
  const { file } = read(formatMetalink(manifestOf(new Uint8Array(0)), MIRRORS)).metalink;
  t.is(file['size'], '0');
  t.false('pieces' in file);
});

test('any name comes back as it was, or with marks where XML has no way to say it', t => {
  const manifest = manifestOf(randomBytes(5, 1));
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }).filter(isFileName), name => {
      const { file } = read(formatMetalink({ ...manifest, name }, MIRRORS)).metalink;
      return file['@name'] === name.replaceAll(/[\ufffe\uffff]/g, '\ufffd');
    }),
    { examples: [['&amp;'], [' two  spaces '], ['%20'], ['\ufffe.mp4'], ['🎬 "x" <y>']] },
  );
  t.pass();
});

test('our own reader reads what we write', t => {
  const manifest = manifestOf(randomBytes(2 * MIB + 1, 1), 'El <faro> & "la niña".mp4');
  const [file, ...others] = parseMetalink(formatMetalink(manifest, MIRRORS));
  t.deepEqual(others, []);
  t.like(file, { name: manifest.name, sizeBytes: manifest.sizeBytes, urls: MIRRORS });
});
