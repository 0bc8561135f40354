import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { eventually } from './eventually.ts';

/** What a stub was started with. */
export interface StartedPlayer {
  readonly pid: number;
  readonly args: readonly string[];
  /** What its address answered; of its text the beginning. */
  readonly status: number;
  readonly text: string;
}

export interface StubPlayer {
  /** Of who is to find it first where it looks for programs. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves when it was started, and read what it was given. */
  started(): Promise<StartedPlayer>;
}

export interface StubPlayerOptions {
  /** As people call it: `mpv`. */
  readonly name: string;
  /** Where its folder is made. */
  readonly directory: string;
  /** Does not go when it is asked to. */
  readonly isStubborn?: boolean;
}

/** A program in the place of a player, which begins to read what it is given and stays. SIGUSR1 ends it as a person does who closes its window, SIGUSR2 as a fault of its own. */
export async function makeStubPlayer({ name, directory, isStubborn = false }: StubPlayerOptions): Promise<StubPlayer> {
  const folder = join(directory, 'programas');
  const told = join(directory, `${name}.json`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), sourceOf(told, isStubborn));
  await chmod(join(folder, name), 0o755);
  return {
    env: { PATH: [folder, process.env['PATH']].join(delimiter) },
    started: () => eventually('the player was started', async () => JSON.parse(await readFile(told, 'utf8').catch(() => 'null')) as StartedPlayer | null, 60_000),
  };
}

/** Whether the process is there; who was its parent waited for its end. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function sourceOf(told: string, isStubborn: boolean): string {
  return `#!${process.execPath}
const { renameSync, writeFileSync } = require('node:fs');
const told = ${JSON.stringify(told)};
const args = process.argv.slice(2);
process.on('SIGUSR1', () => process.exit(0));
process.on('SIGUSR2', () => process.exit(3));
if (${isStubborn}) process.on('SIGTERM', () => undefined);
setInterval(() => undefined, 1000);
fetch(args.at(-1)).then(async answer => {
  // A film would take long.
  const { value } = await answer.body.getReader().read();
  writeFileSync(told + '.part', JSON.stringify({ pid: process.pid, args, status: answer.status, text: Buffer.from(value).toString() }));
  renameSync(told + '.part', told);
});
`;
}
