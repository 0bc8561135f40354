import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { portIn, run, type RunningProgram } from '../processes.ts';
import type { Teardown } from '../programs.ts';

interface Started {
  readonly program: RunningProgram;
  readonly port: number;
}

export interface ChaosClusterOptions {
  /** Of each central, as they are typed. */
  readonly centralFlags: readonly string[];
}

/** Centrals of one catalogue and secondaries that know them all, as real processes in a folder of their own. */
export class ChaosCluster {
  readonly directory: string;
  readonly #t: Teardown;
  readonly #options: ChaosClusterOptions;
  readonly #centrals = new Map<string, Started>();
  readonly #secondaries = new Map<number, Started>();
  readonly #log: string[] = [];

  private constructor(t: Teardown, directory: string, options: ChaosClusterOptions) {
    this.#t = t;
    this.directory = directory;
    this.#options = options;
  }

  /** Without any program yet. */
  static async open(t: Teardown, options: ChaosClusterOptions): Promise<ChaosCluster> {
    const directory = await mkdtemp(join(tmpdir(), 'videopartes-chaos-'));
    t.teardown(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
    for (const folder of ['descargas', 'subidas']) await mkdir(join(directory, folder));
    return new ChaosCluster(t, directory, options);
  }

  /** On the port that it had before, if it had one. */
  async startCentral(name: string): Promise<void> {
    const cwd = this.homeOf(name);
    await mkdir(cwd, { recursive: true });
    const port = this.#centrals.get(name)?.port ?? 0;
    const program = run(this.#t, 'videocentral', ['--puerto', String(port), '--sin-consola', ...this.#options.centralFlags], { cwd });
    this.#listen(name, program);
    this.#centrals.set(name, { program, port: await program.until(portIn) });
  }

  async startSecondary(number: number): Promise<void> {
    const port = this.#secondaries.get(number)?.port ?? 0;
    const flags = ['-n', String(number), '--puerto', String(port), '--ip-central', this.#addresses, '--sin-consola'];
    const program = run(this.#t, 'videosecundario', flags, { cwd: this.directory });
    this.#listen(`secundario ${number}`, program);
    this.#secondaries.set(number, { program, port: await program.until(portIn) });
  }

  /** Of a central by its name, or of a secondary by its number. */
  program(of: string | number): RunningProgram {
    return (typeof of === 'string' ? this.#centrals.get(of) : this.#secondaries.get(of))!.program;
  }

  portOf(central: string): number {
    return this.#centrals.get(central)!.port;
  }

  /** Where a central runs. */
  homeOf(central: string): string {
    return join(this.directory, central);
  }

  folderOf(number: number): string {
    return join(this.directory, `videos${number}`);
  }

  /** A client that knows every central; its downloads go to `DIR/descargas`. */
  client(t: Teardown, words: readonly string[]): RunningProgram {
    return run(t, 'videocliente', [...words, '--ip-central', this.#addresses, '--nombre', 'prueba', '--directorio', 'descargas'], { cwd: this.directory });
  }

  downloaded(name: string): string {
    return join(this.directory, 'descargas', name);
  }

  toUpload(name: string): string {
    return join(this.directory, 'subidas', name);
  }

  /** A plain GET of a central, on a connection of its own. */
  ask<T>(central: string, path: string): Promise<T> {
    return new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: this.portOf(central), path, agent: false }, response => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('error', reject);
        response.on('end', () => resolve(JSON.parse(body) as T));
      }).on('error', reject);
    });
  }

  /** What all programs, those that were killed too, said last. */
  lastWords(lines: number): string {
    return this.#log.slice(-lines).join('\n');
  }

  /** Its lines between those of the others, when they came. */
  #listen(name: string, { process }: RunningProgram): void {
    for (const stream of [process.stdout!, process.stderr!]) {
      createInterface(stream).on('line', line => this.#log.push(`${new Date().toISOString().slice(11, 23)} ${name}: ${line}`));
    }
  }

  get #addresses(): string {
    return [...this.#centrals.values()].map(({ port }) => `127.0.0.1:${port}`).join(',');
  }
}
