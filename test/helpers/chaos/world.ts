import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom, type Random } from '../../../lib/base/random.ts';
import { ProcessCluster } from '../process-cluster.ts';
import type { Teardown } from '../programs.ts';
import { randomBytes } from '../random-bytes.ts';

export type Health = 'running' | 'paused' | 'dead';

/** A program that things happen to: the central, or a secondary by its number. */
export type Victim = 'central' | number;

export interface ChaosOptions {
  readonly seed: number;
  readonly secondaries: number;
  readonly replicas: number;
}

/**
 * Real programs, what was done to them, and the files that they have to keep. What happens next is drawn from a seed and
 * from what is remembered here, never from how far the programs have come: the same seed does the same things again.
 */
export class ChaosWorld {
  readonly cluster: ProcessCluster;
  readonly replicas: number;
  /** SHA-256 of every file that was put anywhere, by name, in order. */
  readonly files = new Map<string, string>();
  /** Names that the central has listed: from then on they may not be lost. */
  readonly listed = new Set<string>();
  readonly #health = new Map<Victim, Health>();
  readonly #centralFlags: readonly string[];
  readonly #random: Random;

  private constructor(cluster: ProcessCluster, { seed, secondaries, replicas }: ChaosOptions, centralFlags: readonly string[]) {
    this.cluster = cluster;
    this.replicas = replicas;
    this.#random = seededRandom(seed);
    this.#centralFlags = centralFlags;
    this.#health.set('central', 'running');
    for (let number = 1; number <= secondaries; number += 1) this.#health.set(number, 'running');
  }

  static async start(t: Teardown, options: ChaosOptions): Promise<ChaosWorld> {
    const centralFlags = ['--replicas', String(options.replicas)];
    const cluster = await ProcessCluster.start(t, { secondaries: options.secondaries, centralFlags });
    return new ChaosWorld(cluster, options, centralFlags);
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  get secondaries(): readonly number[] {
    return [...this.#health.keys()].filter(victim => victim !== 'central');
  }

  healthOf(victim: Victim): Health {
    return this.#health.get(victim)!;
  }

  /** Who is in that state, the central included. */
  those(health: Health): readonly Victim[] {
    return [...this.#health.keys()].filter(victim => this.#health.get(victim) === health);
  }

  /** Kills, pauses, continues or starts a program until it is in that state. */
  async bring(victim: Victim, health: Health): Promise<void> {
    const before = this.healthOf(victim);
    if (before === health) return;
    this.#health.set(victim, health);
    if (health === 'dead') return victim === 'central' ? this.cluster.killCentral() : this.cluster.killSecondary(victim);
    if (before === 'dead') await (victim === 'central' ? this.cluster.startCentral(this.#centralFlags) : this.cluster.startSecondary(victim));
    const { process } = victim === 'central' ? this.cluster.central : this.cluster.secondary(victim);
    if (health === 'paused') process.kill('SIGSTOP');
    else if (before === 'paused') process.kill('SIGCONT');
  }

  /** Somebody copies a new file into a secondary's folder, whether that runs or not. Returns its name. */
  async dropFile(number: number, sizeBytes: number): Promise<string> {
    const index = this.files.size + 1;
    const name = `caos nº ${index}.mp4`;
    const bytes = randomBytes(sizeBytes, index);
    const folder = this.cluster.folderOf(number);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, '.copiando'), bytes);
    await rename(join(folder, '.copiando'), join(folder, name));
    this.files.set(name, createHash('sha256').update(bytes).digest('hex'));
    return name;
  }
}
