import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { MINUTE_MS } from '../../lib/base/units.ts';
import { assertNothingIsLost, assertRest } from '../helpers/chaos/invariants.ts';
import { drawStep } from '../helpers/chaos/steps.ts';
import { ChaosWorld } from '../helpers/chaos/world.ts';
import { eventually } from '../helpers/eventually.ts';
import { sharedPostgres, withPostgres } from '../helpers/postgres.ts';

/** `CHAOS_SEED=7 CHAOS_MINUTES=10`: the same seed does the same things in the same order. */
const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 1_000_000));
const minutes = Number(process.env['CHAOS_MINUTES'] ?? 2);
const STEP_WITHIN_MS = 5 * MINUTE_MS;
const REST_WITHIN_MS = 12 * MINUTE_MS;
const TOLD_LINES = 150;

async function assertSurvives(t: ExecutionContext, databaseUrl?: string): Promise<void> {
  t.log(`CHAOS_SEED=${seed} CHAOS_MINUTES=${minutes}`);
  t.timeout(STEP_WITHIN_MS);
  const world = await ChaosWorld.start(t, { seed, secondaries: 4, replicas: 2, ...(databaseUrl !== undefined && { databaseUrl }) });
  const endsAtMs = performance.now() + minutes * MINUTE_MS;
  let now = 'the start';
  try {
    for (let step = 1; performance.now() < endsAtMs; step += 1) {
      t.timeout(STEP_WITHIN_MS);
      const { name, run } = drawStep(world);
      now = `${step}. ${name}`;
      t.log(`${now}: ${await run(t, world)}`);
      await assertNothingIsLost(t, world);
    }
    now = 'at rest';
    t.timeout(REST_WITHIN_MS);
    await assertRest(t, world);
  } catch (error) {
    t.log(`it failed at: ${now}\n${world.cluster.lastWords(TOLD_LINES)}`);
    throw error;
  }
}

const test = anyTest as TestFn;

test.serial('who is cut off is down for the others, and up again when it is back', async t => {
  t.timeout(STEP_WITHIN_MS);
  const world = await ChaosWorld.start(t, { seed, secondaries: 2, replicas: 1 });
  const stateOf = async (wanted: number) => {
    const { nodes } = await world.ask<{ nodes: readonly { readonly number: number; readonly state: string }[] }>('/nodes');
    return nodes.find(({ number }) => number === wanted)?.state;
  };
  for (const harm of ['cut', 'forgotten'] as const) {
    for (const [health, state] of [['running', 'up'], [harm, 'down'], ['running', 'up']] as const) {
      await world.bring(1, health);
      await eventually(`1, ${health}, is ${state}`, async () => (await stateOf(1)) === state, MINUTE_MS);
    }
  }
  t.pass();
});

// The two wait more than they work, and go on at once.
test('whoever is killed, paused or cut off, whatever was acknowledged or listed is read back as it was', t => assertSurvives(t));

withPostgres(test, test => {
  const postgres = sharedPostgres(test);

  test('the same with two centrals on one PostgreSQL', async t => assertSurvives(t, await (await postgres()).database()));
});
