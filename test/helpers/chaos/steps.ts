import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { KIB, MIB } from '../../../lib/base/units.ts';
import { hashFile } from '../process-cluster.ts';
import { eventNamed, type RunningProgram } from '../processes.ts';
import { isReadable, lookUp, whenListed } from './invariants.ts';
import type { ChaosFile, ChaosWorld, Harm, Health, Victim } from './world.ts';

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
const LARGE_BYTES = 20 * MIB;
/** So slow that something can happen before its end. */
const SLOWLY = ['--limite', '2MiB/s'];
/** Something is done to somebody in the middle of something else, and lasts so long at most. */
const HARM_MS = 4000;
const HARMS: readonly Harm[] = ['dead', 'paused', 'cut', 'forgotten'];
/** An order to which something happens within it may be carried out, or not. */
const ORDER_MS = 1000;
/** An upload that can be acknowledged is, long before. */
const UPLOAD_WITHIN_MS = 90_000;
/** Where not everybody runs, nobody promises that it is acknowledged; then the client is killed. */
const HOPELESS_UPLOAD_MS = 15_000;
const CLIENT = 'the client';

export const chaosSteps: readonly ChaosStep[] = [
  {
    name: 'a file is dropped into a folder',
    weight: 3,
    isPossible: ({ files }) => files.length < FILES_MAX,
    async run(_t, world) {
      const [number, sizeBytes] = [world.pick(world.roomySecondaries), sizeOf(world)];
      return `«${(await world.dropFile(number, sizeBytes)).name}», ${sizeBytes} bytes, into ${number}`;
    },
  },
  {
    name: 'a file is uploaded',
    weight: 3,
    isPossible: ({ files, hasCentral }) => hasCentral && files.length < FILES_MAX,
    async run(t, world) {
      const sizeBytes = sizeOf(world);
      const file = await world.fileToUpload(sizeBytes);
      return `«${file.name}», ${sizeBytes} bytes: ${await upload(t, world, file)}`;
    },
  },
  {
    name: 'an upload, and in the middle something happens to somebody',
    weight: 3,
    isPossible: ({ files, hasCentral }) => hasCentral && files.length < FILES_MAX,
    async run(t, world) {
      const isFirst = !world.files.some(({ isUpload }) => isUpload);
      const sizeBytes = sizeOf(world);
      const blow = drawBlow(world, [CLIENT, ...world.running]);
      const delayMs = world.below(ORDER_MS);
      const file = await world.fileToUpload(isFirst ? LARGE_BYTES : sizeBytes);
      const answer = await uploadUnderBlow(t, world, file, blow, delayMs);
      return `«${file.name}» ${told(blow)}: ${answer}`;
    },
  },
  {
    name: 'a file is removed',
    weight: 3,
    isPossible: world => world.hasCentral && world.wished('live').length > 3,
    async run(t, world) {
      const file = world.pick(world.wished('live'));
      const blow = drawOrderBlow(world);
      file.wish = 'removed';
      if (file.state !== 'live') return `«${file.name}» is not listed yet`;
      const { name } = file;
      return `«${name}»${await order(t, world, file, ['eliminar', name, '--si'], blow, () => (file.state = 'removed'))}`;
    },
  },
  {
    name: 'a file is restored',
    weight: 3,
    isPossible: world => world.hasCentral && world.wished('removed').length > 0,
    async run(t, world) {
      const file = world.pick(world.wished('removed'));
      const isRenamed = world.below(2) === 0;
      const blow = drawOrderBlow(world);
      file.wish = 'live';
      if (file.state !== 'removed') return `«${file.name}» was never removed`;
      const { name } = file;
      const to = isRenamed ? world.freshName(file) : name;
      if (isRenamed) file.names.push(to);
      const told = await order(t, world, file, ['restaurar', name, ...(isRenamed ? ['--como', to] : [])], blow, () => {
        file.state = 'live';
        file.name = to;
      });
      return `«${name}»${isRenamed ? ` as «${to}»` : ''}${told}`;
    },
  },
  {
    name: 'a file is renamed',
    weight: 3,
    isPossible: world => world.hasCentral && world.wished('live').length > 0,
    async run(t, world) {
      const file = world.pick(world.wished('live'));
      const blow = drawOrderBlow(world);
      if (file.state !== 'live') return `«${file.name}» is not listed yet`;
      const [name, to] = [file.name, world.freshName(file)];
      file.names.push(to);
      return `«${name}» to «${to}»${await order(t, world, file, ['renombrar', name, to], blow, () => (file.name = to))}`;
    },
  },
  {
    name: 'a disk fills up, or is emptied again',
    weight: 1,
    isPossible: ({ smallDisk }) => smallDisk !== undefined,
    async run(_t, world) {
      await world.fillDisk(!world.isDiskFull);
      return world.isDiskFull ? 'full' : 'emptied';
    },
  },
  {
    name: 'something happens to a program',
    weight: 6,
    isPossible: ({ running }) => running.length > 1,
    async run(_t, world) {
      const { victim, harm } = drawBlow(world, world.running);
      await world.bring(victim, harm);
      return `${victim} is ${harm}`;
    },
  },
  {
    name: 'a program that nobody hears is killed',
    weight: 1,
    isPossible: world => mute(world).length > 0,
    run: (_t, world) => bringOne(world, mute(world), 'dead'),
  },
  {
    name: 'a program comes back',
    weight: 8,
    isPossible: world => !world.isAllRunning,
    run: (_t, world) => bringOne(world, world.harmed, 'running'),
  },
  {
    name: 'time passes until all that runs is known',
    weight: 2,
    isPossible: world => world.hasCentral && world.files.length > 0,
    async run(_t, world) {
      await whenListed(world);
      return `${world.files.length} files`;
    },
  },
  {
    name: 'a download, and in the middle something happens to somebody',
    weight: 3,
    isPossible: world => world.hasCentral && world.files.length > 0,
    async run(t, world) {
      const file = world.pick(world.files);
      const blow = drawBlow(world, world.running);
      if (file.state !== 'live' || !(await isReadable(world, file))) return `«${file.name}» cannot be read now`;
      await downloadUnderBlow(t, world, file, blow);
      return `«${file.name}» ${told(blow)}`;
    },
  },
];

/** The next step: by the weights of those that are possible. */
export function drawStep(world: ChaosWorld, steps: readonly ChaosStep[] = chaosSteps): ChaosStep {
  const possible = steps.filter(step => step.isPossible(world));
  let left = world.below(possible.reduce((sum, { weight }) => sum + weight, 0));
  return possible.find(({ weight }) => (left -= weight) < 0)!;
}

function sizeOf(world: ChaosWorld): number {
  return 100 * KIB + world.below(3 * MIB);
}

async function bringOne(world: ChaosWorld, victims: readonly Victim[], health: Health): Promise<string> {
  const victim = world.pick(victims);
  await world.bring(victim, health);
  return String(victim);
}

function mute(world: ChaosWorld): readonly Victim[] {
  return world.those('paused', 'cut', 'forgotten');
}

/** What is done to whom. */
interface Blow {
  readonly victim: Victim;
  readonly harm: Harm;
}

function drawBlow(world: ChaosWorld, victims: readonly Victim[]): Blow {
  const [victim, harm] = [world.pick(victims), world.pick(HARMS)];
  return { victim, harm: victim === CLIENT ? 'dead' : harm };
}

function told({ victim, harm }: Blow): string {
  return `while ${victim} is ${harm}`;
}

/** Who dies is started again at once, and what else is done lasts until the client ends, or not that long. */
async function strike(world: ChaosWorld, { victim, harm }: Blow, client: RunningProgram): Promise<void> {
  await world.bring(victim, harm);
  if (harm !== 'dead') await Promise.race([client.ended, sleep(HARM_MS, undefined, { ref: false })]);
  await world.bring(victim, 'running');
}

/** The victim is back before the end is waited for: it may be the only one that has the file. */
async function downloadUnderBlow(t: ExecutionContext, world: ChaosWorld, { name, sha256 }: ChaosFile, blow: Blow): Promise<void> {
  const output = `en el fuego ${performance.now()}.mp4`;
  const client = world.cluster.client(t, ['descargar', name, '-o', output, '--json', ...SLOWLY]);
  await client.until(line => eventNamed('progress')(line) ?? eventNamed('done')(line));
  await strike(world, blow, client);
  t.is(await client.ended, 0, [`«${name}» ${told(blow)}`, ...client.errors, ...client.lines.slice(-20)].join('\n'));
  const path = join(world.cluster.directory, output);
  t.is(await hashFile(path), sha256, `«${name}» as it was downloaded`);
  await rm(path);
}

/** Where everybody runs the file has to be acknowledged, and elsewhere it may be. */
async function upload(t: ExecutionContext, world: ChaosWorld, file: ChaosFile): Promise<string> {
  const client = world.cluster.client(t, ['subir', world.cluster.toUpload(file.name), '--json']);
  const end = await uploadEnd(world, client);
  if (end === 0) file.state = 'live';
  else if (world.isAllRunning) t.fail([`«${file.name}» was not acknowledged: ${end}`, ...client.errors, ...client.lines.slice(-20)].join('\n'));
  return end === 0 ? 'acknowledged' : `not acknowledged, ${end}`;
}

/** Of a client that is killed when it takes too long. */
async function uploadEnd(world: ChaosWorld, client: RunningProgram): Promise<number | NodeJS.Signals> {
  const patienceMs = world.isAllRunning ? UPLOAD_WITHIN_MS : HOPELESS_UPLOAD_MS;
  await Promise.race([client.ended, sleep(patienceMs, undefined, { ref: false })]);
  await client.stop('SIGKILL');
  return client.ended;
}

/** A client that did not come to its end well, because it was killed or found no central say, is started again with the same order, and goes on. */
async function uploadUnderBlow(t: ExecutionContext, world: ChaosWorld, file: ChaosFile, blow: Blow, delayMs: number): Promise<string> {
  const client = world.cluster.client(t, ['subir', world.cluster.toUpload(file.name), '--json']);
  await Promise.race([client.ended, sleep(delayMs)]);
  if (blow.victim === CLIENT) await client.stop('SIGKILL');
  else await strike(world, blow, client);
  const end = await uploadEnd(world, client);
  if (end !== 0) return `${end}, and again: ${await upload(t, world, file)}`;
  file.state = 'live';
  return 'acknowledged';
}

/** What happens to a central while it carries out an order. */
interface OrderBlow {
  readonly blow: Blow | undefined;
  readonly delayMs: number;
}

function drawOrderBlow(world: ChaosWorld): OrderBlow {
  const [isStruck, blow, delayMs] = [world.below(3) === 0, drawBlow(world, world.runningCentrals), world.below(ORDER_MS)];
  return { blow: isStruck ? blow : undefined, delayMs };
}

/** What was acknowledged is done; else it is done or it is not, and the catalogue knows which. */
async function order(t: ExecutionContext, world: ChaosWorld, file: ChaosFile, words: readonly string[], { blow, delayMs }: OrderBlow, onDone: () => void): Promise<string> {
  const client = world.cluster.client(t, words);
  if (blow) {
    await Promise.race([client.ended, sleep(delayMs)]);
    await strike(world, blow, client);
  }
  const end = await client.ended;
  if (end === 0) onDone();
  else if (blow === undefined) t.fail([`${words.join(' ')}: ${end}`, ...client.errors, ...client.lines].join('\n'));
  else await lookUp(world, file);
  return blow === undefined ? '' : ` ${told(blow)}: ${end}`;
}
