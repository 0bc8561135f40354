import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { eventually } from '../helpers/eventually.ts';
import { sharedPostgres, withPostgres } from '../helpers/postgres.ts';
import { runProgram, startProgram, type TalkingProgram } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const SECONDARIES = 4;
const REPLICAS = 3;
const WITHIN_MS = 60_000;

/** Two centrals on one PostgreSQL, and secondaries that know both. */
class Pair {
  readonly cluster: TalkingCluster;
  readonly centrals: readonly TalkingProgram[];
  readonly #urls: readonly string[];
  readonly #t: ExecutionContext;
  readonly #secondaries: TalkingProgram[] = [];

  private constructor(t: ExecutionContext, cluster: TalkingCluster, centrals: readonly TalkingProgram[], urls: readonly string[]) {
    this.#t = t;
    this.cluster = cluster;
    this.centrals = centrals;
    this.#urls = urls;
  }

  static async start(t: ExecutionContext, databaseUrl: string): Promise<Pair> {
    const started = await Promise.all([1, 2].map(async () => {
      const cwd = await temporaryDirectory(t);
      const central = startProgram(t, 'videocentral', ['--puerto', '0', '--base-datos', databaseUrl, '--replicas', String(REPLICAS)], { cwd });
      const [, url] = await central.says(/a la escucha en http:\/\/(127\.0\.0\.1:\d+)/);
      return { central, url: url! };
    }));
    const cluster = await TalkingCluster.open(t, Number(started[0]!.url.split(':')[1]));
    const pair = new Pair(t, cluster, started.map(({ central }) => central), started.map(({ url }) => url));
    // Half of them begin with each central.
    for (let number = 1; number <= SECONDARIES; number += 1) {
      pair.#secondaries.push(cluster.secondary(number, ['--ip-central', pair.#addresses(number % 2)]));
    }
    for (const url of pair.#urls) await eventually('each central knows every secondary', async () => (await pair.#up(url)) === SECONDARIES, WITHIN_MS);
    return pair;
  }

  #addresses(first: number): string {
    return [...this.#urls.slice(first), ...this.#urls.slice(0, first)].join(',');
  }

  async #up(url: string): Promise<number> {
    const { nodes } = (await (await fetch(`http://${url}/nodes`)).json()) as { nodes: readonly { state: string }[] };
    return nodes.filter(({ state }) => state === 'up').length;
  }

  /** The central that ordered copies of the video, and the other one. */
  async whoOrdered(name: string): Promise<readonly [TalkingProgram, number]> {
    const ordered = new RegExp(`copiar «${name}»`);
    const index = await Promise.any(this.centrals.map(async (central, at) => central.says(ordered, { withinMs: WITHIN_MS }).then(() => at)));
    return [this.centrals[index]!, index];
  }

  /** As the central at `index` tells. */
  async whenWhole(name: string, index: number): Promise<void> {
    const holders = async () => {
      const video = (await (await fetch(`http://${this.#urls[index]!}/video?name=${name}`)).json()) as { nodes?: readonly number[] };
      return video.nodes?.length ?? 0;
    };
    await eventually(`${REPLICAS} secondaries hold ${name}`, async () => (await holders()) === REPLICAS, WITHIN_MS);
  }

  copiesMade(name: string): number {
    const finished = `Copia de «${name}» completa`;
    return this.#secondaries.flatMap(({ lines }) => lines.filter(line => line.includes(finished))).length;
  }

  async download(name: string): Promise<Buffer> {
    const cwd = await temporaryDirectory(this.#t);
    const { status, stderr } = await runProgram(this.#t, 'videocliente', ['descargar', name, '--ip-central', this.#addresses(0)], { cwd });
    this.#t.is(status, 0, stderr);
    return readFile(join(cwd, name));
  }
}

withPostgres(anyTest as TestFn, test => {
  const postgres = sharedPostgres(test);

  test('of two centrals one is killed while it orders copies: the other finishes, and makes no copy twice', async t => {
    const pair = await Pair.start(t, await (await postgres()).database());
    const bytes = randomBytes(4 * MIB, 1);
    await pair.cluster.putVideo(1, 'uno.mp4', bytes);
    const [planner, index] = await pair.whoOrdered('uno.mp4');
    await planner.stop('SIGKILL');
    await pair.whenWhole('uno.mp4', 1 - index);
    await pair.cluster.putVideo(2, 'dos.mp4', randomBytes(4 * MIB, 2));
    await pair.whenWhole('dos.mp4', 1 - index);
    t.deepEqual(await pair.download('uno.mp4'), bytes);
    t.deepEqual(['uno.mp4', 'dos.mp4'].map(name => pair.copiesMade(name)), [REPLICAS - 1, REPLICAS - 1]);
  });

  test('a central that is paused while it orders copies, and wakes when the other has taken over, changes nothing', async t => {
    const pair = await Pair.start(t, await (await postgres()).database());
    await pair.cluster.putVideo(1, 'uno.mp4', randomBytes(4 * MIB, 1));
    const [planner, index] = await pair.whoOrdered('uno.mp4');
    planner.signal('SIGSTOP');
    await pair.whenWhole('uno.mp4', 1 - index);
    await pair.cluster.putVideo(2, 'dos.mp4', randomBytes(4 * MIB, 2));
    const other = pair.centrals[1 - index]!;
    await other.says(/copiar «dos\.mp4»/, { withinMs: WITHIN_MS });
    planner.signal('SIGCONT');
    for (const at of [0, 1]) await pair.whenWhole('dos.mp4', at);
    t.deepEqual(['uno.mp4', 'dos.mp4'].map(name => pair.copiesMade(name)), [REPLICAS - 1, REPLICAS - 1]);
    t.false(planner.lines.some(line => line.includes('copiar «dos.mp4»')));
  });
});
