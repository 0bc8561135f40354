import test from 'ava';
import fc from 'fast-check';
import { MIB } from '../../../lib/base/units.ts';
import { Playback } from '../../../lib/domain/download/playback.ts';
import { simulate, type SimulatedPlayer, type SimulatedSource } from '../../../bench/simulated-transfer.ts';
import { manifestOfParts } from '../../helpers/manifests.ts';

const MIB_PER_SECOND = MIB / 1000;
const source = (id: string, mibPerSecond: number, faults: Partial<SimulatedSource> = {}): SimulatedSource => ({ id, bytesPerMs: mibPerSecond * MIB_PER_SECOND, ...faults });
const film = manifestOfParts(256);
/** A film of 24 Mbit/s whose index is at its end. */
const player: SimulatedPlayer = { bytesPerMs: 3 * MIB_PER_SECOND, readsTail: true };

const partsOf = (playback: Playback, nowMs = 0) => playback.urgentParts(nowMs).map(({ part }) => part);

test('before anybody reads, the head is needed first, then the tail, then what follows the head', t => {
  t.deepEqual(partsOf(new Playback(film)).slice(0, 4), [0, 1, 255, 2]);
  t.deepEqual(partsOf(new Playback(manifestOfParts(1))), [0]);
  t.deepEqual(partsOf(new Playback({ sizeBytes: 0, partSizeBytes: MIB })), []);
});

test('what is needed follows the readers, and is forgotten with them', t => {
  const playback = new Playback(film);
  const one = playback.open(100 * MIB + 5);
  t.deepEqual(partsOf(playback).slice(0, 4), [100, 101, 255, 102]);
  const other = playback.open(200 * MIB);
  t.deepEqual(partsOf(playback).slice(0, 2), [100, 200]);
  one.moveTo(150 * MIB);
  other.close();
  other.moveTo(7 * MIB);
  t.is(partsOf(playback)[0], 150);
  t.deepEqual(playback.urgentParts(1000).slice(0, 2).map(({ deadlineMs }) => deadlineMs), [1000, 1250]);
  one.close();
  t.is(partsOf(playback)[0], 0);
});

const crews: Readonly<Record<string, readonly SimulatedSource[]>> = {
  'three healthy sources': [source('a', 2), source('b', 2), source('c', 2)],
  'a source of 100 KiB/s among them': [source('a', 4), source('b', 4), source('c', 0.1)],
  'a source that hangs': [source('a', 4), source('b', 4), source('c', 4, { hangsAtMs: 3000 })],
  'a source that dies': [source('a', 4), source('b', 4), source('c', 4, { diesAtMs: 3000 })],
  'sources of very different rates': [source('a', 4), source('b', 1), source('c', 0.3)],
};

for (const [title, sources] of Object.entries(crews)) {
  test(`with ${title}, a film plays after a second, without a pause, and the file is not later for it`, t => {
    const plain = simulate(film, sources, 1);
    const played = simulate(film, sources, 1, { player });
    t.true(played.isDone && played.kept.every(times => times === 1));
    t.true(played.playing.startedAtMs <= 1000, `${played.playing.startedAtMs} ms`);
    t.is(played.playing.stalledMs, 0);
    t.true(played.elapsedMs <= plain.elapsedMs * 1.02, `${played.elapsedMs} ms, ${plain.elapsedMs} ms when nobody plays`);
    t.true(played.duplicateBytes <= film.sizeBytes * 0.02);
  });

  test(`with ${title}, a film goes on elsewhere soon after the player jumped`, t => {
    const { isDone, playing } = simulate(film, sources, 1, { player: { ...player, seek: { atMs: 5000, to: 200 * MIB } } });
    t.true(isDone);
    t.true(playing.stalledAfterSeekMs <= 1500, `${playing.stalledAfterSeekMs} ms`);
  });
}

test('a slow source is not waited for: nobody who plays notices it', t => {
  const fast = simulate(film, [source('a', 4)], 1, { player });
  const withSlow = simulate(film, [source('a', 4), source('slow', 0.05)], 1, { player });
  t.is(withSlow.playing.stalledMs, 0);
  t.true(withSlow.playing.startedAtMs <= fast.playing.startedAtMs + 300);
});

test('whatever is read, and whatever fails, every part comes exactly once', t => {
  const wholeOnce = () => fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.record({ rate: fc.integer({ min: 1, max: 40 }), faults: fc.record({ diesAtMs: fc.nat(20_000), hangsAtMs: fc.nat(20_000), corrupts: fc.double({ min: 0, max: 1, noNaN: true }) }, { requiredKeys: [] }) }), { maxLength: 3 }),
      fc.record({ rate: fc.integer({ min: 1, max: 40 }), readsTail: fc.boolean(), atMs: fc.nat(20_000), to: fc.nat(60 * MIB) }),
      fc.integer(),
      (partCount, others, { rate, readsTail, atMs, to }, seed) => {
        const sources = [source('lives', 2), ...others.map(({ rate: mibPerSecond, faults }, index) => source(`s${index}`, mibPerSecond, faults))];
        const manifest = manifestOfParts(partCount);
        const seek = { atMs, to: Math.min(to, manifest.sizeBytes - 1) };
        const { isDone, kept } = simulate(manifest, sources, seed, { player: { bytesPerMs: rate * MIB_PER_SECOND, readsTail, seek } });
        return isDone && kept.every(times => times === 1);
      },
    ),
    { numRuns: process.env['CI'] ? 300 : 60 },
  );
  t.notThrows(wholeOnce);
});
