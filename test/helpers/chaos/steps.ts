import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { KIB, MIB } from '../../../lib/base/units.ts';
import { hashFile } from '../process-cluster.ts';
import { eventNamed } from '../processes.ts';
import { isReadable, whenListed } from './invariants.ts';
import type { ChaosWorld, Victim } from './world.ts';

/** Something that may happen. */
export interface ChaosStep {
  readonly name: string;
  /** How often, beside the others that are possible. */
  readonly weight: number;
  /** By what is remembered alone. */
  isPossible(world: ChaosWorld): boolean;
  /** Draws what it needs, always the same number of times, then does it; returns what it was, in words. */
  run(t: ExecutionContext, world: ChaosWorld): Promise<string>;
}

const FILES_MAX = 16;
/** So slow that something can happen before its end. */
const SLOWLY = ['--limite', '2MiB/s'];
const PAUSE_MS = 4000;

export const chaosSteps: readonly ChaosStep[] = [
  {
    name: 'a file is dropped into a folder',
    weight: 4,
    isPossible: ({ files }) => files.size < FILES_MAX,
    async run(_t, world) {
      const [number, sizeBytes] = [world.pick(world.secondaries), 64 * KIB + world.below(4 * MIB)];
      return `«${await world.dropFile(number, sizeBytes)}», ${sizeBytes} bytes, into ${number}`;
    },
  },
  {
    name: 'a program is killed',
    weight: 3,
    isPossible: world => world.those('running').length > 1,
    run: (_t, world) => bringOne(world, world.those('running'), 'dead'),
  },
  {
    name: 'a program is paused',
    weight: 2,
    isPossible: world => world.those('running').length > 1,
    run: (_t, world) => bringOne(world, world.those('running'), 'paused'),
  },
  {
    name: 'a program that was paused is killed',
    weight: 1,
    isPossible: world => world.those('paused').length > 0,
    run: (_t, world) => bringOne(world, world.those('paused'), 'dead'),
  },
  {
    name: 'a program comes back',
    weight: 6,
    isPossible: world => world.those('running').length <= world.secondaries.length,
    run: (_t, world) => bringOne(world, [...world.those('dead'), ...world.those('paused')], 'running'),
  },
  {
    name: 'time passes until all that runs is known',
    weight: 3,
    isPossible: world => world.healthOf('central') === 'running' && world.files.size > 0,
    async run(_t, world) {
      await whenListed(world);
      return `${world.files.size} files`;
    },
  },
  {
    name: 'a download, and in the middle somebody dies or is paused',
    weight: 4,
    isPossible: world => world.healthOf('central') === 'running' && world.files.size > 0,
    async run(t, world) {
      const name = world.pick([...world.files.keys()]);
      const victim = world.pick(world.those('running'));
      const health = world.pick(['dead', 'paused'] as const);
      if (!(await isReadable(world, name))) return `«${name}» cannot be read now`;
      await downloadUnderFire(t, world, { name, victim, health });
      return `«${name}» while ${victim} is ${health}`;
    },
  },
];

/** The next step: by the weights of those that are possible. */
export function drawStep(world: ChaosWorld, steps: readonly ChaosStep[] = chaosSteps): ChaosStep {
  const possible = steps.filter(step => step.isPossible(world));
  let left = world.below(possible.reduce((sum, { weight }) => sum + weight, 0));
  return possible.find(({ weight }) => (left -= weight) < 0)!;
}

async function bringOne(world: ChaosWorld, victims: readonly Victim[], health: 'running' | 'paused' | 'dead'): Promise<string> {
  const victim = world.pick(victims);
  await world.bring(victim, health);
  return String(victim);
}

interface Fire {
  readonly name: string;
  readonly victim: Victim;
  readonly health: 'paused' | 'dead';
}

/** The victim is back before the end is waited for: it may be the only one that has the file. */
async function downloadUnderFire(t: ExecutionContext, world: ChaosWorld, { name, victim, health }: Fire): Promise<void> {
  const output = `en el fuego ${performance.now()}.mp4`;
  const client = await world.cluster.client(t, ['descargar', name, '-o', output, '--json', ...SLOWLY]);
  await client.until(line => eventNamed('progress')(line) ?? eventNamed('done')(line));
  await world.bring(victim, health);
  if (health === 'paused') await Promise.race([client.ended, sleep(PAUSE_MS, undefined, { ref: false })]);
  await world.bring(victim, 'running');
  t.is(await client.ended, 0, [`«${name}» while ${victim} was ${health}`, ...client.errors, ...client.lines.slice(-20)].join('\n'));
  const path = join(world.cluster.directory, output);
  t.is(await hashFile(path), world.files.get(name)!, `«${name}» as it was downloaded`);
  await rm(path);
}
