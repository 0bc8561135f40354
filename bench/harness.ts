import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { access, constants as modes, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { constants, setPriority, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createCipheriv, createHash } from 'node:crypto';
import { MIB } from '../lib/base/units.ts';

/** Pieces that benches share. Machines are noisy: contenders take turns (A B A B …), and medians are compared. */

const CLOCK_TICKS_A_SECOND = 100;
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

/** Runs every contender once in each of `rounds`, in turn, after one round that does not count. */
export async function interleave<K extends string, R>(
  rounds: number,
  contenders: Readonly<Record<K, () => Promise<R>>>,
): Promise<Record<K, R[]>> {
  const entries = Object.entries(contenders) as [K, () => Promise<R>][];
  const results = Object.fromEntries(entries.map(([name]) => [name, [] as R[]])) as Record<K, R[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of entries) {
      const result = await run();
      if (round > 0) results[name].push(result);
    }
  }
  return results;
}

/** Path of a program of this machine, or undefined when it is not installed. */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM_FOLDERS];
  for (const folder of folders) {
    const path = join(folder, name);
    if (await access(path, modes.X_OK).then(() => true, () => false)) return path;
  }
  return undefined;
}

/** A folder that goes away with everything in it. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'videopartes-bench-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A file of bytes that no file system shortens; it is in the page cache afterwards. */
export async function makeFile(path: string, sizeBytes: number): Promise<void> {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  const zeros = Buffer.alloc(4 * MIB);
  await using file = await open(path, 'wx');
  for (let written = 0; written < sizeBytes; written += zeros.byteLength) {
    await file.write(cipher.update(zeros.subarray(0, Math.min(zeros.byteLength, sizeBytes - written))));
  }
}

/** Whether the file is there, and its bytes are those. */
export async function isFileOf(path: string, sha256: string): Promise<boolean> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch {
    return false;
  }
  return hash.digest('hex') === sha256;
}

/** A port that was free a moment ago, for programs that cannot choose one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A program that runs beside the bench, and what it cost so far (Linux; `undefined` elsewhere). */
export class MeasuredProcess implements AsyncDisposable {
  readonly #child: ChildProcess;

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  /** Everybody else's work comes first from now on. */
  giveWay(): void {
    if (this.#child.pid !== undefined) setPriority(this.#child.pid, constants.priority.PRIORITY_LOW);
  }

  /** The first line that it prints. */
  async firstLine(): Promise<string> {
    let text = '';
    for await (const piece of this.#child.stdout!.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      text += piece;
      if (text.includes('\n')) break;
    }
    // What nobody reads would stop the program as soon as the pipe is full.
    this.#child.stdout!.resume();
    return text.split('\n', 1)[0]!;
  }

  /** Of all its threads, user and system together. */
  async cpuSeconds(): Promise<number | undefined> {
    const stat = await readFile(`/proc/${this.#child.pid}/stat`, 'utf8').catch(() => undefined);
    // The name in parentheses may hold spaces; user and system time are fields 14 and 15.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields && (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_A_SECOND;
  }

  /** The most that it ever had. */
  peakRssMib(): Promise<number | undefined> {
    return this.#statusMib('VmHWM');
  }

  /** Now. */
  rssMib(): Promise<number | undefined> {
    return this.#statusMib('VmRSS');
  }

  async #statusMib(field: string): Promise<number | undefined> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8').catch(() => undefined);
    const kib = status && new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1];
    return kib ? round(Number(kib) / 1024, 1) : undefined;
  }

  /** Until it ended by itself, or was killed because it took too long. */
  async ended(limitMs: number): Promise<void> {
    this.#child.stdout?.resume();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const tooLong = setTimeout(() => this.#child.kill('SIGKILL'), limitMs);
    await once(this.#child, 'exit');
    clearTimeout(tooLong);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
  }
}

/** Runs a program to its end; rejects when it fails. */
export async function runProgram(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`${command} ended with status ${status}`);
  return text;
}

/** The one thing that a bench prints. */
export function printResult(result: object): void {
  process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
}
