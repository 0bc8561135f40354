import { rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { DAY_MS, SECOND_MS } from '../../../lib/base/units.ts';
import { eventually } from '../eventually.ts';
import { hashFile } from '../process-cluster.ts';
import { contentOf, namesIn, ownFolder, storedOn, wholeUploadsOn, type StoredFile } from './folders.ts';
import type { ChaosFile, ChaosWorld } from './world.ts';

const BACK_WITHIN_MS = 90_000;
const AT_REST_WITHIN_MS = 240_000;
/** Longer than a copy or an upload is kept for whoever goes on with it. */
const OLD_MS = 8 * DAY_MS;

interface Listed {
  readonly items: readonly { readonly name: string; readonly nodes?: readonly number[] }[];
}

/**
 * What has to be true after every step: what is visible in a folder is whole; what was acknowledged or listed is in some folder,
 * and in the catalogue under its one name; what was removed is in the catalogue's trash; and what a running secondary holds
 * is read back, byte by byte, by a client.
 */
export async function assertNothingIsLost(t: ExecutionContext, world: ChaosWorld): Promise<void> {
  await assertStoredIsRight(t, world);
  if (!world.hasCentral) return;
  await assertCatalogue(t, world);
  await assertReadable(t, world);
}

/** Whether a central that runs offers a running secondary that has the file. */
export async function isReadable(world: ChaosWorld, { name }: ChaosFile): Promise<boolean> {
  const { available = [] } = await world.ask<{ available?: readonly number[] }>(`/video?name=${encodeURIComponent(name)}`);
  return available.some(number => world.healthOf(number) === 'running');
}

/** Resolves when the central offers every file that is to be there and that running secondaries have. */
export async function whenListed(world: ChaosWorld): Promise<void> {
  for (const file of await heldByRunning(world)) {
    if (file.state !== 'removed') await eventually(`«${file.name}» is offered`, () => isReadable(world, file), BACK_WITHIN_MS);
  }
}

/** Under which of its names the catalogue has the file, and whether its trash has it; what is there by now may not be lost. */
export async function lookUp(world: ChaosWorld, file: ChaosFile): Promise<void> {
  const [{ items }, trash] = [await world.ask<Listed>('/videos?limit=1000'), await world.ask<Listed>('/trash?limit=1000')];
  const isOfFile = ({ name }: { readonly name: string }) => file.names.includes(name);
  const [live, removed] = [items.filter(isOfFile), trash.items.filter(isOfFile)];
  if (live.length + removed.length !== 1) throw new Error(`it is at one place of the catalogue: ${JSON.stringify({ names: file.names, live, removed })}`);
  file.name = [...live, ...removed][0]!.name;
  file.state = live.length > 0 ? 'live' : 'removed';
}

/**
 * Everybody comes back, and then every file has exactly its replicas, under its name, and nothing else is anywhere. What was
 * left of copies and uploads that nobody goes on with is collected when it is old, and what was removed comes back whole.
 */
export async function assertRest(t: ExecutionContext, world: ChaosWorld): Promise<void> {
  if (world.isDiskFull) await world.fillDisk(false);
  for (const victim of world.harmed) await world.bring(victim, 'running');
  // Surplus replicas are freed after five minutes, and there is no flag for it: a central with that setting finishes the work.
  await world.startPatientlessCentral(t);
  await assertAtRest(t, world);
  await assertLeftoversAreCollected(world);
  for (const file of world.files.filter(({ state }) => state === 'removed')) {
    const client = world.cluster.client(t, ['restaurar', file.name]);
    t.is(await client.ended, 0, [`«${file.name}» comes back`, ...client.errors].join('\n'));
    file.state = 'live';
  }
  await assertAtRest(t, world);
}

async function assertAtRest(t: ExecutionContext, world: ChaosWorld): Promise<void> {
  let last = 'nobody looked';
  await eventually('all is at rest', async () => (last = await unrest(world).catch(String)) === '', AT_REST_WITHIN_MS).catch((error: Error) => t.fail(`${error.message}: ${last}`));
  await assertNothingIsLost(t, world);
}

/** What is not yet as it has to be in the end; nothing when all is. */
async function unrest(world: ChaosWorld): Promise<string> {
  const { items } = await world.ask<Listed>('/videos?limit=1000');
  const stored = await everythingStored(world);
  const wanted = Math.min(world.replicas, world.secondaries.length);
  for (const number of world.secondaries) {
    const whole = await wholeUploadsOn(world, number);
    if (whole.length > 0) return `${number} has not finished ${whole.join(', ')}`;
    const dropped = await namesIn(ownFolder(world, number, 'dropped'));
    if (dropped.length > 0) return `${number} has not freed ${dropped.join(', ')}`;
  }
  for (const file of world.files) {
    const here = stored.filter(({ name }) => file.names.includes(name));
    const visible = here.filter(({ isVisible }) => isVisible);
    const told = `«${file.name}», ${file.state}: ${here.map(({ number, name, isVisible }) => `${isVisible ? '' : 'trash of '}${number} (${name})`).join(', ')}`;
    const listed = items.filter(({ name }) => file.names.includes(name));
    if (file.state === 'perhaps' && file.isUpload && listed.length === 0 && here.length === 0) continue;
    if (file.state === 'removed') {
      if (visible.length > 0 || listed.length > 0 || here.length === 0) return told;
      continue;
    }
    const isRight = here.length === wanted && visible.length === wanted && visible.every(({ name }) => name === file.name);
    if (!isRight || listed.length !== 1 || listed[0]!.nodes?.length !== wanted) return told;
  }
  return '';
}

/** As if more than a week had passed: a secondary that starts looks what is too old. */
async function assertLeftoversAreCollected(world: ChaosWorld): Promise<void> {
  for (const number of world.secondaries) {
    await world.bring(number, 'dead');
    const incoming = ownFolder(world, number, 'incoming');
    const longAgo = new Date(Date.now() - OLD_MS);
    for (const name of await namesIn(incoming)) await utimes(join(incoming, name), longAgo, longAgo);
    await world.bring(number, 'running');
  }
  for (const number of world.secondaries) {
    const incoming = ownFolder(world, number, 'incoming');
    await eventually(`${incoming} is empty`, async () => (await namesIn(incoming)).length === 0, BACK_WITHIN_MS);
  }
}

/** A file under any of its names has its bytes, wherever it stands, and what may not be lost is somewhere. */
async function assertStoredIsRight(t: ExecutionContext, world: ChaosWorld): Promise<void> {
  const held = new Set<ChaosFile>();
  for (const stored of await everythingStored(world)) {
    const file = world.fileNamed(stored.name);
    const content = await contentOf(stored);
    if (content !== undefined) t.true(content === file?.sha256, `${stored.path} is what it has to be`);
    if (file) held.add(file);
  }
  const missing = world.files.filter(file => file.state !== 'perhaps' && !held.has(file));
  // It may have been moved while the folders were listed.
  for (const file of missing) {
    const isHeld = async () => (await everythingStored(world)).some(({ name }) => file.names.includes(name));
    await eventually(`«${file.name}», ${file.state}, is in some folder`, isHeld, 5 * SECOND_MS);
  }
}

async function assertCatalogue(t: ExecutionContext, world: ChaosWorld): Promise<void> {
  const names = (await world.ask<Listed>('/videos?limit=1000')).items.map(({ name }) => name);
  const removed = (await world.ask<Listed>('/trash?limit=1000')).items.map(({ name }) => name);
  for (const name of [...names, ...removed]) t.truthy(world.fileNamed(name), `«${name}» is nobody's file`);
  for (const file of world.files) {
    const listed = names.filter(name => file.names.includes(name));
    const trashed = removed.filter(name => file.names.includes(name));
    if (file.state === 'perhaps' && listed.length > 0) file.state = 'live';
    t.deepEqual(listed, file.state === 'live' ? [file.name] : [], `the catalogue lists «${file.name}», ${file.state}`);
    t.deepEqual(trashed, file.state === 'removed' ? [file.name] : [], `the trash lists «${file.name}», ${file.state}`);
  }
}

async function assertReadable(t: ExecutionContext, world: ChaosWorld): Promise<void> {
  const files = (await heldByRunning(world)).filter(({ state }) => state === 'live');
  if (files.length === 0) return;
  for (const file of files) await eventually(`«${file.name}» can be read again`, () => isReadable(world, file), BACK_WITHIN_MS);
  const names = files.map(({ name }) => name);
  const client = world.cluster.client(t, ['descargar', ...names]);
  t.is(await client.ended, 0, [`reading back ${names.join(', ')}`, ...client.errors, ...client.lines.slice(-20)].join('\n'));
  for (const { name, sha256 } of files) {
    t.is(await hashFile(world.cluster.downloaded(name)), sha256, `«${name}» read back`);
    await rm(world.cluster.downloaded(name));
  }
}

async function everythingStored(world: ChaosWorld): Promise<readonly StoredFile[]> {
  return (await Promise.all(world.secondaries.map(number => storedOn(world, number)))).flat();
}

/** Files that some running secondary has in its folder or in its trash. */
async function heldByRunning(world: ChaosWorld): Promise<readonly ChaosFile[]> {
  const running = (await everythingStored(world)).filter(({ number }) => world.healthOf(number) === 'running');
  return world.files.filter(({ names }) => running.some(({ name }) => names.includes(name)));
}
