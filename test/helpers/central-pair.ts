import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { eventually } from './eventually.ts';
import { runProgram, startProgram, type TalkingProgram } from './programs.ts';
import { TalkingCluster } from './talking-cluster.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const SECONDARIES = 4;
const WITHIN_MS = 60_000;

interface Started {
  readonly program: TalkingProgram;
  /** `HOST:PORT`, the same again after a restart. */
  readonly address: string;
  readonly cwd: string;
}

/** Two centrals on one PostgreSQL, and secondaries that know both. */
export class CentralPair {
  static readonly replicas = 3;
  readonly cluster: TalkingCluster;
  readonly #t: ExecutionContext;
  readonly #databaseUrl: string;
  readonly #centrals: Started[];
  readonly #secondaries: TalkingProgram[] = [];

  private constructor(t: ExecutionContext, databaseUrl: string, cluster: TalkingCluster, centrals: Started[]) {
    this.#t = t;
    this.#databaseUrl = databaseUrl;
    this.cluster = cluster;
    this.#centrals = centrals;
  }

  static async start(t: ExecutionContext, databaseUrl: string): Promise<CentralPair> {
    const centrals = await Promise.all([1, 2].map(async () => startCentral(t, databaseUrl, await temporaryDirectory(t))));
    const cluster = await TalkingCluster.open(t, Number(portOf(centrals[0]!)));
    const pair = new CentralPair(t, databaseUrl, cluster, centrals);
    // Half of them begin with each central.
    for (let number = 1; number <= SECONDARIES; number += 1) {
      pair.#secondaries.push(cluster.secondary(number, ['--ip-central', pair.#addressesFrom(number % 2).join(',')]));
    }
    for (const index of [0, 1]) await pair.whenServing(index);
    return pair;
  }

  central(index: number): TalkingProgram {
    return this.#centrals[index]!.program;
  }

  /** Of both centrals, the one at `first` to be asked first. */
  urlsFrom(first: number): readonly string[] {
    return this.#addressesFrom(first).map(address => `http://${address}`);
  }

  /** On the port that it had. */
  async restart(index: number): Promise<void> {
    const { address, cwd } = this.#centrals[index]!;
    this.#centrals[index] = await startCentral(this.#t, this.#databaseUrl, cwd, portOf({ address }));
  }

  /** Resolves when the central can offer every secondary. */
  async whenServing(index: number): Promise<void> {
    const up = async () => {
      const { nodes } = await this.#ask<{ nodes: readonly { state: string }[] }>(index, '/nodes');
      return nodes.filter(({ state }) => state === 'up').length;
    };
    await eventually('the central knows every secondary', async () => (await up()) === SECONDARIES, WITHIN_MS);
  }

  /** The index of the central that ordered copies of the video. */
  whoOrdered(name: string): Promise<number> {
    return Promise.any(this.#centrals.map(({ program }, at) => program.says(new RegExp(`copiar «${name}»`), { withinMs: WITHIN_MS }).then(() => at)));
  }

  /** The index of the central that orders the next copies, of whatever it is. */
  whoOrdersNext(): Promise<number> {
    return Promise.any(this.#centrals.map(({ program }, at) => program.says(/copiar «/, { after: program.lines.length, withinMs: WITHIN_MS }).then(() => at)));
  }

  /** As the central at `index` tells. */
  async whenWhole(name: string, index: number): Promise<void> {
    const holders = async () => (await this.#ask<{ nodes?: readonly number[] }>(index, `/video?name=${encodeURIComponent(name)}`)).nodes?.length;
    await eventually(`${CentralPair.replicas} secondaries hold ${name}`, async () => (await holders()) === CentralPair.replicas, WITHIN_MS);
  }

  /** Names of what is in each secondary's folder. */
  folders(): Promise<readonly (readonly string[])[]> {
    const numbers = this.#secondaries.map((_, index) => index + 1);
    return Promise.all(numbers.map(async number => (await readdir(this.cluster.folderOf(number))).filter(name => !name.startsWith('.'))));
  }

  copiesMade(name: string): number {
    return this.#timesSaid(`Copia de «${name}» completa`);
  }

  uploadsTaken(name: string): number {
    return this.#timesSaid(`«${name}» recibido`);
  }

  async download(names: readonly string[]): Promise<readonly Buffer[]> {
    const cwd = await temporaryDirectory(this.#t);
    const { status, stderr } = await runProgram(this.#t, 'videocliente', ['descargar', ...names, '--ip-central', this.#addressesFrom(0).join(',')], { cwd });
    this.#t.is(status, 0, stderr);
    return Promise.all(names.map(name => readFile(join(cwd, name))));
  }

  #addressesFrom(first: number): readonly string[] {
    const addresses = this.#centrals.map(({ address }) => address);
    return [...addresses.slice(first), ...addresses.slice(0, first)];
  }

  #timesSaid(words: string): number {
    return this.#secondaries.flatMap(({ lines }) => lines.filter(line => line.includes(words))).length;
  }

  async #ask<T>(index: number, path: string): Promise<T> {
    return (await (await fetch(`http://${this.#centrals[index]!.address}${path}`)).json()) as T;
  }
}

async function startCentral(t: ExecutionContext, databaseUrl: string, cwd: string, port = '0'): Promise<Started> {
  const program = startProgram(t, 'videocentral', ['--puerto', port, '--base-datos', databaseUrl, '--replicas', String(CentralPair.replicas)], { cwd });
  const [, address] = await program.says(/a la escucha en http:\/\/(127\.0\.0\.1:\d+)/);
  return { program, address: address!, cwd };
}

function portOf({ address }: Pick<Started, 'address'>): string {
  return address.split(':')[1]!;
}
