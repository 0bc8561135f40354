import test from 'ava';
import fc from 'fast-check';
import { isFileName } from '../../lib/domain/file.ts';
import { formatContentDisposition, parseContentDisposition } from '../../lib/protocol/content-disposition.ts';
import { parseDigests } from '../../lib/protocol/digest-reader.ts';
import { describedBy, duplicatesIn, parseLinks } from '../../lib/protocol/link-header.ts';
import { fileNameIn, hostAndPort, isHttpUrl, parseMirrorUrl } from '../../lib/protocol/mirror-url.ts';
import { parseRetryAfter } from '../../lib/protocol/retry-after.ts';

const base = new URL('http://host.example/dir/file');

test('links are found in fields however they are written', t => {
  const links = parseLinks(
    ['</a,b>; rel="duplicate"; pri=3, <http://c.example/>;rel=duplicate;geo=de', '<x.meta4> ; rel = "describedby other" ; type = "application/metalink4+xml"', 'nonsense, <http://[>; rel=duplicate'],
    base,
  );
  t.deepEqual(duplicatesIn(links), ['http://host.example/a,b', 'http://c.example/']);
  t.is(describedBy(links, 'application/metalink4+xml'), 'http://host.example/dir/x.meta4');
  t.is(describedBy(links, 'application/x-bittorrent'), undefined);
});

test('the name of a Content-Disposition: the extended one first, of a path the end, never a dangerous one', t => {
  const names: readonly (readonly [string | undefined, string | undefined])[] = [
    [undefined, undefined],
    ['attachment', undefined],
    ['attachment; filename=plain.mp4', 'plain.mp4'],
    ['attachment; filename="with \\"quotes\\" and ; semicolon.mp4"', 'with "quotes" and ; semicolon.mp4'],
    [`attachment; filename="x"; filename*=UTF-8''%E2%82%AC%20rates.mp4`, '€ rates.mp4'],
    [`attachment; filename*=iso-8859-1'en'%A3%20rates.mp4; filename=x`, '£ rates.mp4'],
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ['attachment; filename="C:\\\\videos\\\\a.mp4"', 'a.mp4'],
    ['attachment; filename=".."', undefined],
    ['attachment; filename=".bashrc"', undefined],
    [`attachment; filename*=UTF-8''a%00b`, undefined],
  ];
  for (const [header, name] of names) t.is(parseContentDisposition(header), name, header);
});

test('whatever name our servers give a file, it is read back', t => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter(text => isFileName(text) && !text.includes('\\'));
  fc.assert(fc.property(name, text => parseContentDisposition(formatContentDisposition(text)) === text));
  t.pass();
});

test('digests of both fields are read, unknown and broken ones skipped', t => {
  const sha256 = Buffer.alloc(32, 1);
  const md5 = Buffer.alloc(16, 2);
  const fields = [
    `crc32c=:AAAA:, sha-256=:${sha256.toString('base64')}:`,
    `SHA-256=${sha256.toString('base64')},MD5=${md5.toString('base64')},SHA=AAAA,unixsum=30637`,
  ];
  t.deepEqual(parseDigests(...fields, undefined), [
    { algorithm: 'sha-256', hex: sha256.toString('hex') },
    { algorithm: 'sha-256', hex: sha256.toString('hex') },
    { algorithm: 'md5', hex: md5.toString('hex') },
  ]);
});

test('Retry-After counts seconds, or until a date', t => {
  t.is(parseRetryAfter('120', 0), 120_000);
  t.is(parseRetryAfter('Thu, 01 Jan 1970 00:00:10 GMT', 4000), 6000);
  t.is(parseRetryAfter('Thu, 01 Jan 1970 00:00:10 GMT', 40_000), 0);
  t.is(parseRetryAfter('soon', 0), undefined);
  t.is(parseRetryAfter(undefined, 0), undefined);
});

test('an address is asked without its user and password, which travel apart', t => {
  const { url, authorization } = parseMirrorUrl('https://ana%40casa:cl%3Ave@host.example:8443/a%20b.mp4?x=1#part');
  t.is(url.href, 'https://host.example:8443/a%20b.mp4?x=1');
  t.is(authorization, `Basic ${Buffer.from('ana@casa:cl:ve').toString('base64')}`);
  t.is(hostAndPort(url), 'host.example:8443');
  t.is(hostAndPort(new URL('https://host.example/')), 'host.example:443');
  t.is(parseMirrorUrl('http://host.example/').authorization, undefined);
});

test('the name in an address is its last component, when a file may have it', t => {
  const nameIn = (url: string) => fileNameIn(new URL(url));
  t.is(nameIn('http://x.example/dir/pel%C3%ADcula.mp4?token=1'), 'película.mp4');
  t.is(nameIn('http://x.example/dir/'), undefined);
  t.is(nameIn('http://x.example/%2e%2e%2fpasswd'), undefined);
  t.is(nameIn('http://x.example/%ff'), undefined);
});

test('only addresses of HTTP are mirrors', t => {
  for (const url of ['http://x', 'HTTPS://x/y']) t.true(isHttpUrl(url));
  for (const other of ['ftp://x/y', 'http://', 'video.mp4', 'file:///etc/passwd', 'http:x']) t.false(isHttpUrl(other), other);
});
