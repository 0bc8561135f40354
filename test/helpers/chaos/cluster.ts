import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { portIn, run, type ProgramName, type RunningProgram } from '../processes.ts';
import type { Teardown } from '../programs.ts';
import { Network } from './network.ts';

const PRELOADED = fileURLToPath(new URL('../../fixtures/outgoing-address.js', import.meta.url));
/** What PostgreSQL calls its socket. */
const POSTGRES_SOCKET = '.s.PGSQL.5432';

interface Started {
  readonly program: RunningProgram;
  readonly port: number;
}

export interface ChaosClusterOptions {
  /** Of each central, as they are typed. */
  readonly centralFlags: readonly string[];
  /** Of a server with a socket in the file system, which each central reaches by a way of its own. */
  readonly databaseUrl?: string | undefined;
}

/** Centrals of one catalogue and secondaries that know them all, as real processes in a folder of their own; each has an address of its own. */
export class ChaosCluster {
  readonly directory: string;
  readonly #t: Teardown;
  readonly #options: ChaosClusterOptions;
  readonly #network = new Network();
  readonly #ips = new Map<string | number, string>();
  readonly #started = new Map<string | number, Started>();
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
    const cluster = new ChaosCluster(t, directory, options);
    t.teardown(() => cluster.#network[Symbol.asyncDispose]());
    return cluster;
  }

  /** On the port that it had before, if it had one. */
  async startCentral(name: string): Promise<void> {
    const cwd = this.homeOf(name);
    await mkdir(cwd, { recursive: true });
    const database = await this.#databaseFlags(name);
    await this.#start(name, 'videocentral', [...this.#options.centralFlags, ...database], cwd);
  }

  async startSecondary(number: number): Promise<void> {
    const flags = ['-n', String(number), '--direccion', this.#ipOf(number), '--ip-central', this.#addresses];
    await this.#start(number, 'videosecundario', flags, this.directory);
  }

  /** Who connects to it from then on is refused. */
  async kill(of: string | number): Promise<void> {
    this.#network.close(this.#ipOf(of));
    await this.program(of).stop('SIGKILL');
  }

  /** Nobody hears of it any more, nor it of anybody, its database included; it goes on. */
  cutOff(of: string | number): void {
    this.#network.cut(this.#ipOf(of));
  }

  /** Its connections go on, or are reset. */
  reconnect(of: string | number, options: { readonly areForgotten: boolean }): void {
    this.#network.heal(this.#ipOf(of), options);
  }

  /** Somebody listens at a central's port again. */
  async openWayTo(central: string): Promise<void> {
    await this.#network.open(this.#ipOf(central), this.portOf(central));
  }

  /** Of a central by its name, or of a secondary by its number. */
  program(of: string | number): RunningProgram {
    return this.#started.get(of)!.program;
  }

  portOf(central: string): number {
    return this.#started.get(central)!.port;
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

  /** A plain GET of a central, on a connection of its own, at its own machine. */
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

  /** Its address is there when it has said its port. */
  async #start(of: string | number, name: ProgramName, flags: readonly string[], cwd: string): Promise<void> {
    const [ip, port] = [this.#ipOf(of), this.#started.get(of)?.port ?? 0];
    const env = { NODE_OPTIONS: `--import=${PRELOADED}`, OUTGOING_ADDRESS: ip };
    const program = run(this.#t, name, ['--puerto', String(port), '--sin-consola', ...flags], { cwd, env });
    this.#listen(typeof of === 'string' ? of : `secundario ${of}`, program);
    const started = { program, port: await program.until(portIn) };
    this.#started.set(of, started);
    await this.#network.open(ip, started.port);
  }

  async #databaseFlags(central: string): Promise<readonly string[]> {
    const { databaseUrl } = this.#options;
    if (databaseUrl === undefined) return [];
    const [url, home] = [new URL(databaseUrl), this.homeOf(central)];
    await this.#network.openPath(this.#ipOf(central), join(home, POSTGRES_SOCKET), join(url.searchParams.get('host')!, POSTGRES_SOCKET));
    url.searchParams.set('host', home);
    return ['--base-datos', url.href];
  }

  /** `127.0.1.N` of the secondary N, and `127.0.2.1`, `127.0.2.2`… of the centrals. */
  #ipOf(of: string | number): string {
    const ip = this.#ips.get(of) ?? (typeof of === 'number' ? `127.0.1.${of}` : `127.0.2.${this.#centrals.length + 1}`);
    this.#ips.set(of, ip);
    return ip;
  }

  get #centrals(): readonly string[] {
    return [...this.#ips.keys()].filter(of => typeof of === 'string');
  }

  /** Its lines between those of the others, when they came. */
  #listen(name: string, { process }: RunningProgram): void {
    for (const stream of [process.stdout!, process.stderr!]) {
      createInterface(stream).on('line', line => this.#log.push(`${new Date().toISOString().slice(11, 23)} ${name}: ${line}`));
    }
  }

  get #addresses(): string {
    return this.#centrals.map(name => `${this.#ipOf(name)}:${this.portOf(name)}`).join(',');
  }
}
