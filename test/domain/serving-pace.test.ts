import test from 'ava';
import type { Clock } from '../../lib/base/clock.ts';
import { KIB, MIB } from '../../lib/base/units.ts';
import { ServingPace } from '../../lib/domain/serving-pace.ts';

/** Time passes only while somebody waits. */
function waitingClock(): Clock & { readonly waits: number[] } {
  let nowMs = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => nowMs,
    date: () => nowMs,
    async sleep(ms, { signal } = {}) {
      signal?.throwIfAborted();
      waits.push(ms);
      nowMs += ms;
    },
  };
}

test('all who download get the rate together, and no more', async t => {
  const clock = waitingClock();
  const pace = new ServingPace(MIB, clock);
  const { signal } = new AbortController();
  for (let sent = 0; sent < 8 * MIB; sent += pace.sliceBytes) await pace.wait(pace.sliceBytes, { signal });
  // What had been saved up before comes without waiting.
  t.true(clock.now() > 7800 && clock.now() <= 8000, String(clock.now()));
});

test('at a low rate slices are so small that nobody takes the peer for dead', t => {
  t.is(new ServingPace(64 * KIB, waitingClock()).sliceBytes, 2 * KIB);
  t.is(new ServingPace(100, waitingClock()).sliceBytes, KIB);
  t.is(new ServingPace(1000 * MIB, waitingClock()).sliceBytes, 64 * KIB);
});

test('who goes away while it waits leaves its turn to others', async t => {
  const clock = waitingClock();
  const pace = new ServingPace(KIB, clock);
  const gone = AbortSignal.abort(new Error('gone'));
  await t.throwsAsync(pace.wait(1000 * KIB, { signal: gone }), { message: 'gone' });
  await pace.wait(KIB, new AbortController());
  t.true(clock.now() < 1000, String(clock.now()));
});
