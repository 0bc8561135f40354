import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { eventually } from '../eventually.ts';
import { hashFile } from '../process-cluster.ts';
import type { ChaosWorld } from './world.ts';

const BACK_WITHIN_MS = 60_000;
const AT_REST_WITHIN_MS = 240_000;

interface Listed {
  readonly items: readonly { readonly name: string; readonly available: readonly number[] }[];
}

/**
 * What has to be true after every step: what is visible in a folder is whole, what was listed is in some folder and in the
 * catalogue, and what a running secondary holds is read back, byte by byte, by a client.
 */
export async function assertNothingIsLost(t: ExecutionContext, world: ChaosWorld): Promise<void> {
  const holders = await holdersOf(t, world);
  if (world.healthOf('central') === 'running') {
    const { items } = await world.cluster.ask<Listed>('/videos?limit=1000');
    const names = new Set(items.map(({ name }) => name));
    for (const name of world.listed) t.true(names.has(name), `the catalogue has forgotten «${name}»`);
    for (const name of names) world.listed.add(name);
  }
  for (const name of world.listed) t.true((holders.get(name) ?? []).length > 0, `«${name}» was listed and is in no folder`);
  if (world.healthOf('central') === 'running') await assertReadable(t, world, holders);
}

/** Whether the central is up and offers a running secondary that has the file. */
export async function isReadable(world: ChaosWorld, name: string): Promise<boolean> {
  const { available = [] } = await world.cluster.ask<{ available?: readonly number[] }>(`/video?name=${encodeURIComponent(name)}`);
  return available.some(number => world.healthOf(number) === 'running');
}

/** Resolves when the central offers everything that running secondaries have in their folders. */
export async function whenListed(world: ChaosWorld): Promise<void> {
  const running = world.secondaries.filter(number => world.healthOf(number) === 'running');
  for (const name of new Set((await Promise.all(running.map(number => visibleIn(world, number)))).flat())) {
    await eventually(`«${name}» is offered`, () => isReadable(world, name), BACK_WITHIN_MS);
  }
}

/** Everybody comes back, and then every file has its replicas, each of them right. */
export async function assertRest(t: ExecutionContext, world: ChaosWorld): Promise<void> {
  for (const victim of [...world.those('paused'), ...world.those('dead')]) await world.bring(victim, 'running');
  const wanted = Math.min(world.replicas, world.secondaries.length);
  await eventually(
    `every file has ${wanted} replicas`,
    async () => {
      const { items } = await world.cluster.ask<Listed>('/videos?limit=1000');
      return items.length === world.files.size && items.every(({ available }) => available.length >= wanted);
    },
    AT_REST_WITHIN_MS,
  );
  const holders = await holdersOf(t, world);
  for (const name of world.files.keys()) t.true(holders.get(name)!.length >= wanted, `${name}: ${holders.get(name)?.join(', ')}`);
  await assertNothingIsLost(t, world);
}

/** Who has each file in its folder; a visible file that is not what it has to be is a failure. */
async function holdersOf(t: ExecutionContext, world: ChaosWorld): Promise<ReadonlyMap<string, readonly number[]>> {
  const holders = new Map<string, number[]>();
  for (const number of world.secondaries) {
    for (const name of await visibleIn(world, number)) {
      t.is(await hashFile(join(world.cluster.folderOf(number), name)), world.files.get(name)!, `«${name}» in the folder of ${number}`);
      holders.set(name, [...(holders.get(name) ?? []), number]);
    }
  }
  return holders;
}

async function visibleIn(world: ChaosWorld, number: number): Promise<readonly string[]> {
  return (await readdir(world.cluster.folderOf(number))).filter(name => !name.startsWith('.'));
}

async function assertReadable(t: ExecutionContext, world: ChaosWorld, holders: ReadonlyMap<string, readonly number[]>): Promise<void> {
  const isHeld = (name: string) => holders.get(name)!.some(number => world.healthOf(number) === 'running');
  const names = [...world.listed].filter(isHeld);
  if (names.length === 0) return;
  for (const name of names) await eventually(`«${name}» can be read again`, () => isReadable(world, name), BACK_WITHIN_MS);
  const client = await world.cluster.client(t, ['descargar', ...names]);
  t.is(await client.ended, 0, [`reading back ${names.join(', ')}`, ...client.errors, ...client.lines.slice(-20)].join('\n'));
  for (const name of names) {
    t.is(await hashFile(world.cluster.downloaded(name)), world.files.get(name)!, `«${name}» read back`);
    await rm(world.cluster.downloaded(name));
  }
}
