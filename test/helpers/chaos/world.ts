import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { startCentral } from '../../../lib/apps/central/central.ts';
import { centralSettings } from '../../../lib/apps/central/settings.ts';
import { systemClock } from '../../../lib/base/clock.ts';
import { silentLog } from '../../../lib/base/log.ts';
import { seededRandom, type Random } from '../../../lib/base/random.ts';
import { MIB, SECOND_MS } from '../../../lib/base/units.ts';
import { mountSmallDisk, type SmallDisk } from '../mounts.ts';
import { randomBytes } from '../random-bytes.ts';
import { ChaosCluster } from './cluster.ts';

/**
 * - `paused`: it does nothing, and whoever talks to it waits.
 * - `dead`: it was killed.
 * - `cut`: it goes on, but no byte passes between it and anybody; its connections go on when it is back.
 * - `forgotten`: the same, but by then its connections are reset.
 */
export type Harm = 'paused' | 'dead' | 'cut' | 'forgotten';
export type Health = 'running' | Harm;

/** A program that things happen to: a central by its name, or a secondary by its number. */
export type Victim = string | number;

/**
 * What is known of a file.
 *
 * - `perhaps`: it lies in some folder and was not listed yet; or its upload was not acknowledged: it may come, whole, or never.
 * - `live`: it was acknowledged or listed, and may not be lost.
 * - `removed`: it can be restored.
 */
export type FileState = 'perhaps' | 'live' | 'removed';

export interface ChaosFile {
  readonly sha256: string;
  readonly isUpload: boolean;
  /** The one that it has, or had when it was removed. */
  name: string;
  /** With those before. */
  readonly names: string[];
  state: FileState;
  /** What was asked for last, whatever came of it: only this may decide what happens next. */
  wish: 'live' | 'removed';
}

export interface ChaosOptions {
  readonly seed: number;
  readonly secondaries: number;
  readonly replicas: number;
  /** A catalogue that two centrals share; without it, one central with SQLite. */
  readonly databaseUrl?: string;
}

/** Secondaries keep 64 MiB free, so that there is room for some files only. */
const SMALL_DISK_MIB = 96;
const BALLAST = '.lastre';
const CENTRAL = 'central 1';
const OTHER_CENTRAL = 'central 2';

/**
 * Real programs, what was done to them, and the files that they have to keep. What happens next is drawn from a seed and
 * from what was wished here, never from how far the programs have come: the same seed does the same things again.
 */
export class ChaosWorld {
  readonly cluster: ChaosCluster;
  readonly replicas: number;
  /** Every file that was put anywhere, in order. */
  readonly files: ChaosFile[] = [];
  /** The last secondary's, where the test may have one. */
  readonly smallDisk: SmallDisk | undefined;
  isDiskFull = false;
  readonly #health = new Map<Victim, Health>();
  readonly #databaseUrl: string | undefined;
  readonly #random: Random;

  private constructor(cluster: ChaosCluster, { seed, replicas, databaseUrl }: ChaosOptions, smallDisk: SmallDisk | undefined) {
    this.cluster = cluster;
    this.replicas = replicas;
    this.smallDisk = smallDisk;
    this.#databaseUrl = databaseUrl;
    this.#random = seededRandom(seed);
  }

  static async start(t: ExecutionContext, options: ChaosOptions): Promise<ChaosWorld> {
    const { replicas, secondaries, databaseUrl } = options;
    const cluster = await ChaosCluster.open(t, { centralFlags: ['--replicas', String(replicas)], databaseUrl });
    const smallDisk = await mountSmallDisk(t, cluster.folderOf(secondaries), { sizeMib: SMALL_DISK_MIB });
    const world = new ChaosWorld(cluster, options, smallDisk);
    for (const name of databaseUrl === undefined ? [CENTRAL] : [CENTRAL, OTHER_CENTRAL]) await world.#start(name);
    for (let number = 1; number <= secondaries; number += 1) await world.#start(number);
    return world;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  get secondaries(): readonly number[] {
    return [...this.#health.keys()].filter(victim => typeof victim === 'number');
  }

  /** Those whose disks always have room. */
  get roomySecondaries(): readonly number[] {
    return this.secondaries.slice(0, -1);
  }

  /** Who runs and can be reached, centrals included. */
  get running(): readonly Victim[] {
    return this.those('running');
  }

  get runningCentrals(): readonly string[] {
    return this.running.filter(victim => typeof victim === 'string');
  }

  /** To whom something was done that still lasts. */
  get harmed(): readonly Victim[] {
    return this.those('paused', 'dead', 'cut', 'forgotten');
  }

  get hasCentral(): boolean {
    return this.runningCentrals.length > 0;
  }

  get isAllRunning(): boolean {
    return this.harmed.length === 0;
  }

  healthOf(victim: Victim): Health {
    return this.#health.get(victim)!;
  }

  /** Who is in one of those states. */
  those(...states: readonly Health[]): readonly Victim[] {
    return [...this.#health.keys()].filter(victim => states.includes(this.healthOf(victim)));
  }

  /** Files that are there according to what was asked for last, or that are not. */
  wished(wish: ChaosFile['wish']): readonly ChaosFile[] {
    return this.files.filter(file => file.wish === wish);
  }

  /** Whose name it is, or was. */
  fileNamed(name: string): ChaosFile | undefined {
    return this.files.find(({ names }) => names.includes(name));
  }

  /** A plain GET of a central that runs. */
  ask<T>(path: string): Promise<T> {
    return this.cluster.ask<T>(this.runningCentrals[0]!, path);
  }

  /** Does to a program what brings it into that state, from whatever state it is in to `running`, and from there or to `dead`. */
  async bring(victim: Victim, health: Health): Promise<void> {
    const before = this.healthOf(victim);
    if (before === health) return;
    this.#health.set(victim, health);
    const { cluster } = this;
    switch (health) {
      case 'dead':
        return cluster.kill(victim);
      case 'paused':
        cluster.program(victim).process.kill('SIGSTOP');
        return;
      case 'cut':
      case 'forgotten':
        return cluster.cutOff(victim);
      case 'running':
        cluster.reconnect(victim, { areForgotten: before === 'forgotten' });
        if (before === 'dead') await this.#start(victim);
        else if (before === 'paused') cluster.program(victim).process.kill('SIGCONT');
        return;
      default:
        return health satisfies never;
    }
  }

  /** Takes every byte that is left on the small disk, or gives them back. */
  async fillDisk(isFull: boolean): Promise<void> {
    const ballast = join(this.smallDisk!.path, BALLAST);
    this.isDiskFull = isFull;
    if (!isFull) return rm(ballast, { force: true });
    // It is full when this fails, and then it is as wished.
    await writeFile(ballast, Buffer.alloc(SMALL_DISK_MIB * MIB)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOSPC') throw error;
    });
  }

  /** Somebody copies a new file into a secondary's folder, whether that runs or not. */
  async dropFile(number: number, sizeBytes: number): Promise<ChaosFile> {
    const { file, bytes } = this.#newFile(sizeBytes, false);
    const folder = this.cluster.folderOf(number);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, '.copiando'), bytes);
    await rename(join(folder, '.copiando'), join(folder, file.name));
    return file;
  }

  /** A file of the client's, that nobody has yet. */
  async fileToUpload(sizeBytes: number): Promise<ChaosFile> {
    const { file, bytes } = this.#newFile(sizeBytes, true);
    await writeFile(this.cluster.toUpload(file.name), bytes);
    return file;
  }

  /** A name for the file that nothing had before. */
  freshName(file: ChaosFile): string {
    return `caos nº ${this.files.indexOf(file) + 1}, nombre ${file.names.length + 1}.mp4`;
  }

  /**
   * In place of the centrals, one in this process on their catalogue, which frees what is too many when its nodes have been
   * up for seconds instead of five minutes, and has heard of no download that makes a file hot.
   */
  async startPatientlessCentral(t: ExecutionContext): Promise<void> {
    for (const central of [CENTRAL, OTHER_CENTRAL]) if (this.#health.has(central)) await this.bring(central, 'dead');
    const home = this.cluster.homeOf(CENTRAL);
    const central = await startCentral(
      centralSettings({
        port: this.cluster.portOf(CENTRAL),
        dataDirectory: join(home, 'datos'),
        statisticsDirectory: join(home, 'stats'),
        databaseUrl: this.#databaseUrl,
        replicas: this.replicas,
        surplusGraceMs: 5 * SECOND_MS,
      }),
      { log: silentLog, clock: systemClock },
    );
    t.teardown(() => central[Symbol.asyncDispose]());
    await this.cluster.openWayTo(CENTRAL);
    this.#health.set(CENTRAL, 'running');
  }

  /** Nothing starts on a disk where not a byte is left. */
  async #start(victim: Victim): Promise<void> {
    if (typeof victim === 'string') await this.cluster.startCentral(victim);
    else {
      if (this.isDiskFull && victim === this.secondaries.at(-1)) await this.fillDisk(false);
      await this.cluster.startSecondary(victim);
    }
    this.#health.set(victim, 'running');
  }

  #newFile(sizeBytes: number, isUpload: boolean): { readonly file: ChaosFile; readonly bytes: Buffer } {
    const index = this.files.length + 1;
    const name = `caos nº ${index}.mp4`;
    const bytes = randomBytes(sizeBytes, index);
    const file: ChaosFile = { sha256: createHash('sha256').update(bytes).digest('hex'), isUpload, name, names: [name], state: 'perhaps', wish: 'live' };
    this.files.push(file);
    return { file, bytes };
  }
}
