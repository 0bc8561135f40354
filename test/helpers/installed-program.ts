import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { ExecutionContext, Implementation, SerialFn, TestFn } from 'ava';

/** VLC refuses to run as root. */
const NOBODY = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];

/** Programs of others: how they are called, and how to find out whether they are here. */
const programs = {
  aria2c: { command: ['aria2c'], probe: ['--version'] },
  wget2: { command: ['wget2'], probe: ['--version'] },
  axel: { command: ['axel'], probe: ['--version'] },
  lftp: { command: ['lftp'], probe: ['--version'] },
  curl: { command: ['curl'], probe: ['--version'] },
  bash: { command: ['bash'], probe: ['--version'] },
  python3: { command: ['python3'], probe: ['--version'] },
  promtool: { command: ['promtool'], probe: ['--version'] },
  // The system's own: a module of its packages is not there for another Python.
  libtorrent: { command: ['/usr/bin/python3'], probe: ['-c', 'import libtorrent'] },
  ffmpeg: { command: ['ffmpeg'], probe: ['-version'] },
  ffprobe: { command: ['ffprobe'], probe: ['-version'] },
  mpv: { command: ['mpv'], probe: ['--version'] },
  vlc: { command: [...NOBODY, 'cvlc'], probe: ['--version'] },
} as const;

export type ForeignProgram = keyof typeof programs;

export interface ForeignEnd {
  readonly status: number | null;
  /** Of both streams. */
  readonly output: string;
}

const PATIENCE_MS = 90_000;

/** A test that is skipped, and says so, where the program is not installed; with `CI=true` it fails there. */
export function testWith<Context>(test: TestFn<Context> | SerialFn<Context>, program: ForeignProgram, title: string, prove: Implementation<[], Context>): void {
  const { command, probe } = programs[program];
  if (spawnSync(command[0]!, [...command.slice(1), ...probe]).status === 0) test(`${program} ${title}`, prove);
  else if (process.env['CI'] === 'true') test(`${program} ${title}`, t => t.fail(`${program} is not installed`));
  else test.skip(`${program}, which is not installed, ${title}`, prove);
}

/** Runs it to its end. It is killed when it takes too long, and when the test is over. */
export async function runForeign(
  t: Pick<ExecutionContext, 'teardown'>,
  program: ForeignProgram,
  flags: readonly string[],
  { cwd, input = '' }: { readonly cwd: string; readonly input?: string },
): Promise<ForeignEnd> {
  const { command } = programs[program];
  const child = spawn(command[0]!, [...command.slice(1), ...flags], { cwd, stdio: ['pipe', 'pipe', 'pipe'], timeout: PATIENCE_MS, killSignal: 'SIGKILL' });
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
