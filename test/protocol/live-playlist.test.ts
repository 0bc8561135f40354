import test from 'ava';
import { formatLivePlaylist, parsePiecePath, targetDurationFor } from '../../lib/protocol/live-playlist.ts';

const entry = (init: number, durationMs = 2000, isDiscontinuity = false) => ({ init, durationMs, isDiscontinuity });

test('a playlist says where it stands, where to begin, and what to load, relative to itself and without an end', t => {
  const text = formatLivePlaylist({ targetDurationS: 4, mediaSequence: 17, discontinuitySequence: 3, entries: [entry(1), entry(1, 1960), entry(1, 2040)] });
  t.is(
    text,
    `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:17
#EXT-X-DISCONTINUITY-SEQUENCE:3
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-START:TIME-OFFSET=-6.000
#EXT-X-MAP:URI="init-1.mp4"
#EXTINF:2.000,
bloque-17.m4s
#EXTINF:1.960,
bloque-18.m4s
#EXTINF:2.040,
bloque-19.m4s
`,
  );
});

test('an init is named where it changes, and not again behind a discontinuity', t => {
  const entries = [entry(1, 2000, true), entry(2), entry(2, 2000, true), entry(2)];
  const tags = formatLivePlaylist({ targetDurationS: 4, mediaSequence: 1, discontinuitySequence: 0, entries }).match(/#EXT-X-(?:DISCONTINUITY|MAP.*)$|^bloque.*$/gm);
  t.deepEqual(tags, [
    '#EXT-X-DISCONTINUITY',
    '#EXT-X-MAP:URI="init-1.mp4"',
    'bloque-1.m4s',
    '#EXT-X-MAP:URI="init-2.mp4"',
    'bloque-2.m4s',
    '#EXT-X-DISCONTINUITY',
    'bloque-3.m4s',
    'bloque-4.m4s',
  ]);
});

test('players begin three targets behind the end', t => {
  const text = formatLivePlaylist({ targetDurationS: 4, mediaSequence: 1, discontinuitySequence: 0, entries: Array.from({ length: 20 }, () => entry(1)) });
  t.regex(text, /^#EXT-X-START:TIME-OFFSET=-12\.000$/m);
});

test('a block of 4.4 s fits into a target of 4 s, one of 4.5 s does not', t => {
  t.deepEqual([4400, 4500].map(targetDurationFor), [4, 5]);
});

test('only what a playlist lists has a place', t => {
  t.deepEqual(parsePiecePath('/init-3.mp4'), { kind: 'init', number: 3 });
  t.deepEqual(parsePiecePath('/bloque-120.m4s'), { kind: 'bloque', number: 120 });
  for (const path of ['/init-3.m4s', '/bloque-1.mp4', '/bloque-0.m4s', '/bloque-01.m4s', '/bloque-1e3.m4s', '/bloque--1.m4s', '/x/bloque-1.m4s', '/bloque-12345678901.m4s', '/']) t.is(parsePiecePath(path), undefined);
});
