import test from 'ava';
import { MINUTE_MS } from '../../lib/base/units.ts';
import { assertNothingIsLost, assertRest } from '../helpers/chaos/invariants.ts';
import { drawStep } from '../helpers/chaos/steps.ts';
import { ChaosWorld } from '../helpers/chaos/world.ts';

/** `CHAOS_SEED=7 CHAOS_MINUTES=10`: the same seed does the same things in the same order. */
const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 1_000_000));
const minutes = Number(process.env['CHAOS_MINUTES'] ?? 2);
const STEP_WITHIN_MS = 5 * MINUTE_MS;

test('whoever is killed or paused, whatever was listed is read back as it was', async t => {
  t.log(`CHAOS_SEED=${seed} CHAOS_MINUTES=${minutes}`);
  t.timeout(STEP_WITHIN_MS);
  const world = await ChaosWorld.start(t, { seed, secondaries: 3, replicas: 2 });
  const endsAtMs = performance.now() + minutes * MINUTE_MS;
  for (let step = 1; performance.now() < endsAtMs; step += 1) {
    t.timeout(STEP_WITHIN_MS);
    const { name, run } = drawStep(world);
    t.log(`${step}. ${name}: ${await run(t, world)}`);
    await assertNothingIsLost(t, world);
  }
  t.timeout(STEP_WITHIN_MS);
  await assertRest(t, world);
});
