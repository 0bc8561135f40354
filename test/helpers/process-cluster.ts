import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ExecutionContext } from 'ava';
import { eventually } from './eventually.ts';
import { portIn, run, type RunningProgram } from './processes.ts';
import { randomBytes } from './random-bytes.ts';

type Teardown = Pick<ExecutionContext, 'teardown'>;

/** A central and secondaries as real processes in a folder of their own; each can be killed and started again. */
export class ProcessCluster {
  readonly directory: string;
  readonly #t: Teardown;
  readonly #secondaries = new Map<number, { program: RunningProgram; port: number }>();
  #central: { program: RunningProgram; port: number } | undefined;
  #secret: string | undefined;

  private constructor(t: Teardown, directory: string) {
    this.#t = t;
    this.directory = directory;
  }

  static async start(t: Teardown, { secondaries, centralFlags = [] }: { readonly secondaries: number; readonly centralFlags?: readonly string[] }): Promise<ProcessCluster> {
    const directory = await mkdtemp(join(tmpdir(), 'videopartes-cluster-'));
    t.teardown(() => rm(directory, { recursive: true, force: true }));
    const cluster = new ProcessCluster(t, directory);
    await cluster.startCentral(centralFlags);
    await Promise.all(Array.from({ length: secondaries }, (_, index) => cluster.startSecondary(index + 1)));
    return cluster;
  }

  /** Of the admin, where the central listens to others. */
  get secret(): string | undefined {
    return this.#secret;
  }

  get centralPort(): number {
    return this.#central!.port;
  }

  /** On the port that it had before, if it had one. */
  async startCentral(flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<void> {
    const program = run(this.#t, 'videocentral', ['--puerto', String(this.#central?.port ?? 0), '--sin-consola', ...flags], { cwd: this.directory, env });
    this.#central = { program, port: await program.until(portIn) };
    this.#secret = (await readFile(join(this.directory, 'datos', 'secreto'), 'utf8').catch(() => undefined))?.trim();
  }

  async startSecondary(number: number, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const port = this.#secondaries.get(number)?.port ?? 0;
    const program = run(
      this.#t,
      'videosecundario',
      ['-n', String(number), '--puerto', String(port), '--puerto-central', String(this.centralPort), '--sin-consola'],
      { cwd: this.directory, env: { ...(this.#secret !== undefined && { VIDEOPARTES_SECRETO: this.#secret }), ...env } },
    );
    this.#secondaries.set(number, { program, port: await program.until(portIn) });
  }

  async killCentral(): Promise<void> {
    await this.#central!.program.stop('SIGKILL');
  }

  async killSecondary(number: number): Promise<void> {
    await this.#secondaries.get(number)!.program.stop('SIGKILL');
  }

  get central(): RunningProgram {
    return this.#central!.program;
  }

  secondary(number: number): RunningProgram {
    return this.#secondaries.get(number)!.program;
  }

  folderOf(number: number): string {
    return join(this.directory, `videos${number}`);
  }

  /** Puts a file of random bytes on the first secondary and waits until `copies` hold it. Returns its SHA-256. */
  async addFile(name: string, sizeBytes: number, copies: number): Promise<string> {
    await mkdir(this.folderOf(1), { recursive: true });
    const hidden = join(this.folderOf(1), `.${name}`);
    const sha256 = await writeRandomFile(hidden, sizeBytes);
    await rename(hidden, join(this.folderOf(1), name));
    await this.whenHeldBy(name, copies);
    return sha256;
  }

  /** Resolves when the central takes so many secondaries to be up: until then nobody can be sent a file. */
  async whenUp(count: number, patienceMs = 60_000): Promise<void> {
    await eventually(
      `${count} secondaries are up`,
      async () => (await this.ask<{ nodes: readonly { state: string }[] }>('/nodes')).nodes.filter(({ state }) => state === 'up').length === count,
      patienceMs,
    );
  }

  /** Resolves when so many nodes hold the video and can be asked. */
  async whenHeldBy(name: string, copies: number, patienceMs = 60_000): Promise<void> {
    await eventually(
      `${copies} nodes hold ${name}`,
      async () => {
        const { available } = await this.ask<{ available?: number[] }>(`/video?name=${encodeURIComponent(name)}`);
        return available?.length === copies;
      },
      patienceMs,
    );
  }

  /** Any request of the central, with or without a JSON body; tells its status and the answer. */
  async request(method: string, path: string, body?: object): Promise<{ readonly status: number; readonly body: unknown }> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`http://127.0.0.1:${this.centralPort}${path}`, { method, redirect: 'manual', ...sent });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** A plain GET of the central, with the secret if there is one. */
  ask<T>(path: string): Promise<T> {
    const headers = this.#secret === undefined ? {} : { authorization: `Bearer ${this.#secret}` };
    return new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: this.centralPort, path, headers }, response => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve(JSON.parse(body) as T));
      }).on('error', reject);
    });
  }

  /** A client of this central; its downloads go to `DIR/descargas`. */
  async client(t: Teardown, words: readonly string[], { input, name = 'prueba' }: { readonly input?: string; readonly name?: string } = {}): Promise<RunningProgram> {
    await mkdir(join(this.directory, 'descargas'), { recursive: true });
    const flags = ['--puerto-central', String(this.centralPort), '--nombre', name, '--directorio', 'descargas'];
    return run(t, 'videocliente', [...words, ...flags], { cwd: this.directory, ...(input !== undefined && { input }) });
  }

  /** A client that stores files, until it ends. */
  async put(t: Teardown, ...words: readonly string[]): Promise<RunningProgram> {
    const program = await this.client(t, ['subir', ...words]);
    await program.ended;
    return program;
  }

  async assertComesBack(t: ExecutionContext, name: string, bytes: Buffer): Promise<void> {
    const client = await this.client(t, ['descargar', name]);
    t.is(await client.ended, 0, client.errors.join('\n'));
    t.true(bytes.equals(await readFile(this.downloaded(name))));
  }

  downloaded(name: string): string {
    return join(this.directory, 'descargas', name);
  }
}

/** SHA-256 of what a file has. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}

async function writeRandomFile(path: string, sizeBytes: number): Promise<string> {
  const chunkBytes = 8 * 1024 * 1024;
  const chunk = randomBytes(chunkBytes, sizeBytes);
  const hash = createHash('sha256');
  const file = createWriteStream(path);
  const chunks = function* () {
    for (let at = 0; at < sizeBytes; at += chunkBytes) {
      // Each chunk differs in its first bytes, so that parts in the wrong place are noticed.
      const bytes = Buffer.from(chunk.subarray(0, Math.min(chunkBytes, sizeBytes - at)));
      bytes.writeDoubleLE(at, 0);
      hash.update(bytes);
      yield bytes;
    }
  };
  await pipeline(chunks, file);
  return hash.digest('hex');
}
