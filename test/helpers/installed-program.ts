import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { ExecutionContext, Implementation, TestFn } from 'ava';

/** Programs of others, and how to find out whether they are here. */
const probes = {
  aria2c: ['aria2c', '--version'],
  wget2: ['wget2', '--version'],
  axel: ['axel', '--version'],
  lftp: ['lftp', '--version'],
  curl: ['curl', '--version'],
  bash: ['bash', '--version'],
  python3: ['python3', '--version'],
  promtool: ['promtool', '--version'],
  // The system's own: a module of its packages is not there for another Python.
  libtorrent: ['/usr/bin/python3', '-c', 'import libtorrent'],
} as const;

export type ForeignProgram = keyof typeof probes;

export interface ForeignEnd {
  readonly status: number | null;
  /** Of both streams. */
  readonly output: string;
}

const PATIENCE_MS = 90_000;

/** A serial test that is skipped, and says so, where the program is not installed; with `CI=true` it fails there. */
export function testWith<Context>(test: TestFn<Context>, program: ForeignProgram, title: string, prove: Implementation<[], Context>): void {
  const [command, ...flags] = probes[program];
  if (spawnSync(command, flags).status === 0) test.serial(`${program} ${title}`, prove);
  else if (process.env['CI'] === 'true') test.serial(`${program} ${title}`, t => t.fail(`${program} is not installed`));
  else test.serial.skip(`${program}, which is not installed, ${title}`, prove);
}

/** Runs it to its end. It is killed when it takes too long, and when the test is over. */
export async function runForeign(
  t: Pick<ExecutionContext, 'teardown'>,
  program: ForeignProgram,
  flags: readonly string[],
  { cwd, input = '' }: { readonly cwd: string; readonly input?: string },
): Promise<ForeignEnd> {
  const child = spawn(probes[program][0], flags, { cwd, stdio: ['pipe', 'pipe', 'pipe'], timeout: PATIENCE_MS, killSignal: 'SIGKILL' });
  t.teardown(() => void child.kill('SIGKILL'));
  // It may end without reading it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => (output += text));
  }
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, output };
}
