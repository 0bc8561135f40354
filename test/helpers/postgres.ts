import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ExecutionContext, Implementation, TestFn } from 'ava';
import pg from 'pg';

/** Where Debian puts each version. */
const VERSIONS = '/usr/lib/postgresql';
const USER = 'videopartes';
const CONNECTIONS_MAX = 300;

const binaries = findBinaries();
const hasSetpriv = spawnSync('setpriv', ['--pdeathsig=INT', 'true']).status === 0;
/** PostgreSQL refuses to run as root. */
const unprivileged = process.getuid?.() === 0 ? idOf('postgres') ?? idOf('nobody') : undefined;

/** Registers tests that need PostgreSQL: skipped, and said so, where it is not installed; with `CI=true` they fail there. */
export function withPostgres<Context>(test: TestFn<Context>, register: (test: TestFn<Context>) => void): void {
  if (binaries !== undefined) return register(test);
  const instead = (title: string, prove: Implementation<[], Context>) =>
    process.env['CI'] === 'true'
      ? test(title, t => t.fail('PostgreSQL is not installed'))
      : test.skip(`without PostgreSQL, which is not installed: ${title}`, prove);
  register(Object.assign(instead, { after: test.after }) as unknown as TestFn<Context>);
}

/** A server of the test's own, on a socket in a folder of its own. */
export class PostgresServer implements AsyncDisposable {
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(): Promise<PostgresServer> {
    const server = new PostgresServer(await mkdtemp(join(tmpdir(), 'vp-pg-')));
    if (unprivileged) await chown(server.#folder, unprivileged.uid, unprivileged.gid);
    const flags = ['-D', server.#data, '-U', USER, '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
    const [status] = (await once(run('initdb', flags), 'close')) as [number | null];
    if (status !== 0) throw new Error(`initdb ended with ${status}`);
    await server.resume();
    return server;
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  /** Of a database of this server; with `password`, which the server does not ask for. */
  url(database: string, { password }: { readonly password?: string } = {}): string {
    return `postgres://${USER}${password === undefined ? '' : `:${password}`}@localhost/${database}?host=${encodeURIComponent(this.#folder)}`;
  }

  /** A new database; its URL. */
  async database(): Promise<string> {
    const name = `t${randomBytes(8).toString('hex')}`;
    await this.query('postgres', `CREATE DATABASE ${name}`);
    return this.url(name);
  }

  async query(database: string, text: string): Promise<readonly Record<string, unknown>[]> {
    return queryPostgres(this.url(database), text);
  }

  /** Starts it again on the data that is there. */
  async resume(): Promise<void> {
    const settings = { listen_addresses: '', unix_socket_directories: this.#folder, fsync: 'off', max_connections: CONNECTIONS_MAX, lc_messages: 'C' };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = run('postgres', ['-D', this.#data, ...flags]);
    this.#process = child;
    const lines = createInterface(child.stderr!);
    const said: string[] = [];
    await new Promise<void>((resolve, reject) => {
      lines.on('line', line => {
        if (said.length < 100) said.push(line);
        if (line.includes('ready to accept connections')) resolve();
      });
      child.on('close', status => reject(new Error(`postgres ended with ${status}:\n${said.join('\n')}`)));
    });
  }

  /** Closes every connection at once, and the server with them. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGINT');
    await once(child, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** One for all tests of a file, started when the first of them asks. */
export function sharedPostgres(test: TestFn): () => Promise<PostgresServer> {
  let started: Promise<PostgresServer> | undefined;
  test.after.always('the PostgreSQL of this file is stopped', async () => (await started)?.[Symbol.asyncDispose]());
  return () => (started ??= PostgresServer.start());
}

/** A server for one test. */
export async function ownPostgres(t: Pick<ExecutionContext, 'teardown'>): Promise<PostgresServer> {
  const server = await PostgresServer.start();
  t.teardown(() => server[Symbol.asyncDispose]());
  return server;
}

export async function queryPostgres(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** With `setpriv` it ends with this process, however that ends. */
function run(program: 'initdb' | 'postgres', flags: readonly string[]): ChildProcess {
  const binary = join(binaries!, program);
  const options: SpawnOptions = { stdio: ['ignore', 'ignore', 'pipe'], cwd: tmpdir() };
  if (!hasSetpriv) return spawn(binary, flags, { ...options, ...unprivileged });
  const user = unprivileged ? [`--reuid=${unprivileged.uid}`, `--regid=${unprivileged.gid}`, '--clear-groups'] : [];
  return spawn('setpriv', ['--pdeathsig=INT', ...user, binary, ...flags], options);
}

function findBinaries(): string | undefined {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map(version => join(VERSIONS, version, 'bin')), ...(process.env['PATH'] ?? '').split(':')];
  return folders.find(folder => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

function idOf(user: string): { readonly uid: number; readonly gid: number } | undefined {
  const [uid, gid] = ['-u', '-g'].map(flag => spawnSync('id', [flag, user], { encoding: 'utf8' }));
  return uid?.status === 0 && gid?.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined;
}
