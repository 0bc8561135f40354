import { link, mkdir } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CloseStack } from '../lib/base/close.ts';
import { freePort, MeasuredProcess } from './harness.ts';

export interface BenchCluster extends AsyncDisposable {
  readonly central: MeasuredProcess;
  readonly centralPort: string;
  /** Of the file, as the catalogue has it. */
  readonly id: string;
  /** Flags that keep what programs save inside the folder. */
  readonly statisticsFlags: readonly string[];
}

const LOOK_EVERY_MS = 200;

/** A central and so many secondaries, as real processes in `folder`, that all hold the file there from the start. */
export async function startCluster(folder: string, fileName: string, secondaries: number): Promise<BenchCluster> {
  const opened = new CloseStack();
  const centralPort = String(await freePort());
  const statisticsFlags = ['--estadisticas', join(folder, 'stats')];
  const flags = [...statisticsFlags, '--sin-consola'];
  const central = opened.use(startProgram('videocentral', ['--puerto', centralPort, '--datos', join(folder, 'datos'), ...flags]));
  for (let number = 1; number <= secondaries; number += 1) {
    const directory = join(folder, `videos${number}`);
    await mkdir(directory);
    await link(join(folder, fileName), join(directory, fileName));
    opened.use(startProgram('videosecundario', ['-n', String(number), '--puerto', '0', '--puerto-central', centralPort, '--directorio', directory, ...flags]));
  }
  for (;;) {
    const { id, available = [] } = await ask(`http://127.0.0.1:${centralPort}/video?name=${fileName}`);
    if (id !== undefined && available.length === secondaries) {
      return { central, centralPort, id, statisticsFlags, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
    }
    await sleep(LOOK_EVERY_MS);
  }
}

export function binOf(name: string): string {
  return fileURLToPath(new URL(`../bin/${name}.js`, import.meta.url));
}

function startProgram(name: string, flags: readonly string[]): MeasuredProcess {
  return new MeasuredProcess(process.execPath, [binOf(name), ...flags]);
}

interface Answer {
  readonly id?: string;
  readonly available?: readonly number[];
}

/** Nothing, while nobody answers. */
function ask(url: string): Promise<Answer> {
  return new Promise(resolve => {
    get(url, response => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      response.on('end', () => resolve(JSON.parse(body) as Answer));
    }).on('error', () => resolve({}));
  });
}
