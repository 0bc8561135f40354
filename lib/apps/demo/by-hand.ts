import { join } from 'node:path';
import type { Messages } from '../../base/messages/index.ts';
import { SECONDARIES, type Cluster, type ProgramName } from './cluster.ts';

export interface ByHandOptions {
  readonly video: string;
  readonly downloads: string;
  /** The central and the secondaries need not be started. */
  readonly isRunning: boolean;
  readonly messages: Messages;
  readonly scriptOf: (program: ProgramName) => string;
}

/** Commands to copy, below comments that say what they do. */
export function commandsByHand(cluster: Cluster, options: ByHandOptions): readonly string[] {
  const { video, downloads, isRunning, messages, scriptOf } = options;
  const { demo } = messages;
  const line = (program: ProgramName, ...args: readonly string[]) => ['node', scriptOf(program), ...args].map(quoted).join(' ');
  const servers = [
    `# ${demo.byHand.servers}`,
    line('videocentral', ...cluster.centralArgs()),
    ...SECONDARIES.map(number => line('videosecundario', ...cluster.secondaryArgs(number))),
  ];
  return [
    ...(isRunning ? [] : servers),
    `# ${demo.byHand.list}`,
    line('videocliente', ...cluster.clientArgs(), 'listar'),
    `# ${demo.byHand.get}`,
    line('videocliente', ...cluster.clientArgs(), 'descargar', video, '-o', join(downloads, `copia-${video}`)),
    `# ${demo.byHand.console}`,
    line('videocliente', ...cluster.clientArgs()),
  ];
}

function quoted(word: string): string {
  return /^[\w./:@=,+-]+$/.test(word) ? word : JSON.stringify(word);
}
