import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { putVideo } from './put-video.ts';
import { runProgram, startProgram, type ProgramEnd, type ProgramOptions, type TalkingProgram, type Teardown } from './programs.ts';

type Input = Pick<ProgramOptions, 'input'>;
type Environment = Pick<ProgramOptions, 'env'>;

/** Gigabytes are hashed first. */
const COPIES_WITHIN_MS = 240_000;

/** A folder of its own, where a central, secondaries and clients run with their consoles open. */
export class TalkingCluster {
  readonly directory: string;
  readonly #t: Teardown;
  #central: TalkingProgram | undefined;
  #port: number;

  private constructor(t: Teardown, directory: string, port: number) {
    this.#t = t;
    this.directory = directory;
    this.#port = port;
  }

  /** Nothing runs yet; 0 lets the central choose its port. */
  static async open(t: Teardown, centralPort = 0): Promise<TalkingCluster> {
    const directory = await mkdtemp(join(tmpdir(), 'videopartes-cli-'));
    t.teardown(() => rm(directory, { recursive: true, force: true }));
    return new TalkingCluster(t, directory, centralPort);
  }

  /** A central and as many secondaries, numbered from 1, that have joined it. */
  static async start(t: Teardown, secondaries: number, centralFlags: readonly string[] = []): Promise<TalkingCluster> {
    const cluster = await TalkingCluster.open(t);
    await cluster.startCentral(centralFlags);
    await Promise.all(Array.from({ length: secondaries }, (_, index) => cluster.startSecondary(index + 1)));
    return cluster;
  }

  get central(): TalkingProgram {
    return this.#central!;
  }

  get centralPort(): number {
    return this.#port;
  }

  /** On the port that it had before, if it had one. */
  async startCentral(flags: readonly string[] = []): Promise<TalkingProgram> {
    this.#central = startProgram(this.#t, 'videocentral', ['--puerto', String(this.#port), ...flags], { cwd: this.directory });
    const [, port] = await this.#central.says(/a la escucha en http:\/\/127\.0\.0\.1:(\d+)/);
    this.#port = Number(port);
    return this.#central;
  }

  /** Resolves when the central has reached it. */
  async startSecondary(number: number, flags: readonly string[] = [], options: Environment = {}): Promise<TalkingProgram> {
    const after = this.central.lines.length;
    const secondary = this.secondary(number, flags, options);
    await this.central.says(new RegExp(`Secundario ${number} se ha unido`), { after });
    return secondary;
  }

  /** Started, and nothing more. */
  secondary(number: number, flags: readonly string[] = [], options: Input & Environment = {}): TalkingProgram {
    const args = ['--numero', String(number), '--puerto', '0', '--puerto-central', String(this.#port), ...flags];
    return startProgram(this.#t, 'videosecundario', args, { cwd: this.directory, ...options });
  }

  client(args: readonly string[] = [], options: Input & Environment = {}): TalkingProgram {
    return startProgram(this.#t, 'videocliente', ['--puerto-central', String(this.#port), ...args], { cwd: this.directory, ...options });
  }

  /** An order of the command line, from its beginning to its end. */
  order(...args: readonly string[]): Promise<ProgramEnd> {
    return runProgram(this.#t, 'videocliente', ['--puerto-central', String(this.#port), ...args], { cwd: this.directory });
  }

  /** A path below the folder where the programs run. */
  path(...names: readonly string[]): string {
    return join(this.directory, ...names);
  }

  folderOf(number: number): string {
    return this.path(`videos${number}`);
  }

  /** A video of the secondary, as if it had been there for a while: nobody waits for its end to be written. */
  putVideo(number: number, name: string, bytes: Uint8Array): Promise<void> {
    return putVideo(this.folderOf(number), name, bytes);
  }

  /** Resolves when so many secondaries hold the video and answer. */
  async whenHeldBy(name: string, copies: number): Promise<void> {
    const url = `http://127.0.0.1:${this.#port}/video?name=${encodeURIComponent(name)}`;
    const holders = async () => ((await (await fetch(url)).json()) as { available?: readonly number[] }).available;
    await eventually(`${copies} secondaries hold ${name}`, async () => (await holders())?.length === copies, COPIES_WITHIN_MS);
  }
}
