import test from 'ava';
import fc from 'fast-check';
import { isVideoError, VideoError } from '../../lib/base/errors.ts';
import { formatMetalink } from '../../lib/protocol/metalink.ts';
import { parseMetalink } from '../../lib/protocol/metalink-reader.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const SHA256 = 'ab'.repeat(32);
const SHA1 = 'CD'.repeat(20);

const version4 = (content: string) => `<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink">${content}</metalink>`;

test('what our own programs write is read back', t => {
  const manifest = manifestOf(randomBytes(2 * 1024 * 1024 + 7, 1), `película «ñandú» & "co" <1> 🎬.mp4`);
  const mirrors = ['http://uno.example/v?a=1&b=2', 'https://dos.example/%C3%B1'];
  t.deepEqual(parseMetalink(formatMetalink(manifest, mirrors)), [
    {
      name: manifest.name,
      sizeBytes: manifest.sizeBytes,
      checksums: [{ algorithm: 'sha-256', hex: manifest.sha256 }],
      pieces: { algorithm: 'sha-256', lengthBytes: manifest.partSizeBytes, hashes: manifest.partHashes },
      urls: mirrors,
    },
  ]);
});

test('a document by somebody else: prefixes, character references, unknown kinds, priorities', t => {
  const text = `<m:metalink xmlns:m="urn:ietf:params:xml:ns:metalink"><m:generator>x</m:generator>
    <m:file name="ca&#241;a &amp; ca&#xF1;a.iso">
      <m:size> 300 </m:size>
      <m:hash type="sha-1">${SHA1}</m:hash><m:hash type="whirlpool">00</m:hash><m:hash type="sha-256">\n${SHA256}\n</m:hash>
      <m:pieces length="100" type="md5"><m:hash>${'0'.repeat(32)}</m:hash><m:hash>${'1'.repeat(32)}</m:hash><m:hash>${'2'.repeat(32)}</m:hash></m:pieces>
      <m:pieces length="150" type="sha-1"><m:hash>${SHA1}</m:hash><m:hash>${SHA1}</m:hash></m:pieces>
      <m:url>http://last.example/x</m:url>
      <m:url priority="2" location="de">http://second.example/x?a=1&amp;b=2</m:url>
      <m:url priority="1"><![CDATA[http://first.example/x?a&amp;b]]></m:url>
      <m:url priority="1">ftp://no.example/x</m:url>
      <m:metaurl mediatype="torrent">http://no.example/x.torrent</m:metaurl>
    </m:file></m:metalink>`;
  const [file] = parseMetalink(text);
  t.deepEqual(file, {
    name: 'caña & caña.iso',
    sizeBytes: 300,
    checksums: [
      { algorithm: 'sha-1', hex: SHA1.toLowerCase() },
      { algorithm: 'sha-256', hex: SHA256 },
    ],
    pieces: { algorithm: 'sha-1', lengthBytes: 150, hashes: [SHA1.toLowerCase(), SHA1.toLowerCase()] },
    urls: ['http://first.example/x?a&amp;b', 'http://second.example/x?a=1&b=2', 'http://last.example/x'],
  });
});

test('version 3 says the same in other places', t => {
  const text = `<metalink version="3.0" xmlns="http://www.metalinker.org/"><files><file name="a.iso"><size>3</size>
    <verification><hash type="sha1">${SHA1}</hash><pieces length="2" type="sha1"><hash piece="0">${SHA1}</hash><hash piece="1">${SHA1}</hash></pieces></verification>
    <resources><url type="http" preference="10">http://b.example/a</url><url type="http" preference="90">http://a.example/a</url></resources>
    </file></files></metalink>`;
  const [file] = parseMetalink(text);
  t.deepEqual(file?.urls, ['http://a.example/a', 'http://b.example/a']);
  t.deepEqual(file?.checksums, [{ algorithm: 'sha-1', hex: SHA1.toLowerCase() }]);
  t.is(file?.pieces?.hashes.length, 2);
});

test('several files are several files; without a size it is unknown', t => {
  const files = parseMetalink(version4('<file name="a"><url>http://x/a</url></file><file name="b"><size>0</size></file>'));
  t.deepEqual(files.map(({ name, sizeBytes }) => [name, sizeBytes]), [['a', undefined], ['b', 0]]);
});

const wrong: readonly (readonly [title: string, text: string, code: string, reason?: RegExp])[] = [
  ['nothing', '', 'invalid_metalink'],
  ['a page', '<html><body>404</body></html>', 'invalid_metalink', /no element metalink/],
  ['no file', version4(''), 'invalid_metalink', /no file/],
  ['an element that is not closed', '<metalink><file name="a">', 'invalid_metalink', /line 1/],
  ['a document type', `<!DOCTYPE metalink [<!ENTITY x "${'y'.repeat(100)}">]>${version4('<file name="&x;"/>').slice(39)}`, 'invalid_metalink', /document type/],
  ['a name that is a path', version4('<file name="../../etc/passwd"/>'), 'invalid_name'],
  ['a folder in a name', version4('<file name="a/b"/>'), 'invalid_name'],
  ['no name', version4('<file/>'), 'invalid_name'],
  ['a control character in a name', version4('<file name="a&#27;[31m"/>'), 'invalid_name'],
  ['one name twice', version4('<file name="a"/><file name="a"/>'), 'invalid_metalink', /two files/],
  ['a size that is none', version4('<file name="a"><size>1e3</size></file>'), 'invalid_metalink', /size 1e3/],
  ['a hash that is too short', version4('<file name="a"><hash type="sha-256">ab</hash></file>'), 'invalid_metalink', /no sha-256/],
  ['pieces without a length', version4(`<file name="a"><pieces type="sha-1"><hash>${SHA1}</hash></pieces></file>`), 'invalid_metalink', /length/],
  ['pieces of length 0', version4(`<file name="a"><pieces length="0" type="sha-1"><hash>${SHA1}</hash></pieces></file>`), 'invalid_metalink', /length/],
  ['too few pieces', version4(`<file name="a"><size>30</size><pieces length="10" type="sha-1"><hash>${SHA1}</hash></pieces></file>`), 'invalid_metalink', /1 pieces of 10 bytes for 30/],
];

for (const [title, text, code, reason] of wrong) {
  test(`refused: ${title}`, t => {
    const error = t.throws(() => parseMetalink(text));
    t.true(isVideoError(error, code as 'invalid_metalink'), String(error));
    if (reason) t.regex((error as VideoError<'invalid_metalink'>).facts.reason, reason);
  });
}

test('whatever comes, the answer is files or an error of ours', t => {
  const pieces = ['<', '>', '</', '/>', '<?xml?>', '<!--', '-->', '<![CDATA[', ']]>', '<!DOCTYPE', '&', '&amp;', '&#1114112;', '"', ' ', '='];
  const words = ['metalink', 'file', 'files', 'name', 'size', 'url', 'hash', 'pieces', 'type', 'length', '__proto__', 'constructor', 'toString', '7', SHA1];
  const mangled = fc.tuple(fc.nat(900), fc.nat(20), fc.constantFrom(...pieces, ...words)).map(([at, cut, text]) => {
    const whole = formatMetalink(manifestOf(Buffer.from('some bytes')), ['http://x.example/a']);
    return whole.slice(0, at) + text + whole.slice(at + cut);
  });
  const soup = fc.array(fc.constantFrom(...pieces, ...words), { maxLength: 40 }).map(parts => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(mangled, soup, fc.string()), text => {
      try {
        return Array.isArray(parseMetalink(text));
      } catch (error) {
        return error instanceof VideoError;
      }
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
