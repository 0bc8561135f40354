import type { Command, CommandOutput } from '../../base/command.ts';
import type { Language, Messages } from '../../base/messages/index.ts';
import { formatBytes } from '../../base/units.ts';
import type { DamagedFile } from '../../domain/damaged-file.ts';
import type { IndexedFile } from '../../domain/local-folder.ts';
import type { Counts } from '../../domain/statistics.ts';
import { reviewCommand, showScrub } from './scrub-commands.ts';
import type { ScrubStatus } from './scrubber.ts';
import { showCounts } from '../counts.ts';
import type { CentralState } from './heartbeat.ts';
import type { CopyProgress } from './orders.ts';

/** In which words a console speaks. */
export interface Speech {
  readonly language: Language;
  readonly messages: Messages;
}

/** What a console may ask of a running secondary. */
export interface SecondaryState {
  readonly number: number;
  readonly url: string;
  readonly directory: string;
  readonly central: CentralState;
  readonly centralUrl: string;
  readonly files: ReadonlyMap<string, IndexedFile>;
  readonly copies: readonly CopyProgress[];
  readonly damaged: ReadonlyMap<string, DamagedFile>;
  readonly scrub: ScrubStatus;
  readonly activeRequests: number;
  /** Downloads being served now, by video. */
  readonly serving: Counts;
  /** Downloads that ended, by video. */
  readonly served: Counts;
  /** Downloads by client. */
  readonly clients: Counts;
  freeBytes(): Promise<number>;
  /** Has this replica, or all of them, read again before others; tells how many that are. */
  verify(name?: string): number;
  /** Milliseconds since 1970. */
  date(): number;
}

export function secondaryCommands(state: SecondaryState, { language, messages }: Speech): readonly Command[] {
  const { commands, fileHeadings, copyHeadings, noVideos, noCopies } = messages.secondary;
  return [
    {
      name: 'VIDEOS_DESCARGANDO',
      help: commands.serving,
      run: async (_argument, output) => showCounts('video', state.serving, output),
    },
    {
      name: 'VIDEOS_DESCARGADOS',
      help: commands.served,
      run: async (_argument, output) => showCounts('video', state.served, output),
    },
    {
      name: 'CLIENTES',
      help: commands.clients,
      run: async (_argument, output) => showCounts('client', state.clients, output),
    },
    {
      name: 'LISTA_VIDEOS',
      aliases: ['LISTAR'],
      help: commands.list,
      async run(_argument, output) {
        const files = [...state.files.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
        if (files.length === 0) return output.line(noVideos);
        output.table(fileHeadings, files.map(({ name, stamp, id }) => [name, formatBytes(stamp.sizeBytes, language), id.slice(0, 12)]));
      },
    },
    {
      name: 'COPIAS',
      help: commands.copies,
      async run(_argument, output) {
        if (state.copies.length === 0) return output.line(noCopies);
        output.table(copyHeadings, state.copies.map(copy => [copy.name, formatBytes(copy.sizeBytes, language), percentOf(copy)]));
      },
    },
    reviewCommand(state, messages),
    { name: 'ESTADO', help: commands.status, run: (_argument, output) => showStatus(state, output, { language, messages }) },
  ];
}

async function showStatus(state: SecondaryState, output: CommandOutput, { language, messages }: Speech): Promise<void> {
  const { status } = messages.secondary;
  const bytes = [...state.files.values()].reduce((total, { stamp }) => total + stamp.sizeBytes, 0);
  output.line(status.listening(state.number, state.url));
  output.line(state.central === 'reached' ? status.central(state.centralUrl) : status.noCentral(state.centralUrl));
  output.line(status.folder(state.directory, state.files.size, formatBytes(bytes, language)));
  output.line(status.free(formatBytes(await state.freeBytes(), language)));
  output.line(status.work(state.activeRequests, state.copies.length));
  showScrub(state, output, { language, messages });
}

function percentOf({ doneBytes, sizeBytes }: CopyProgress): string {
  return `${sizeBytes === 0 ? 100 : Math.floor((doneBytes / sizeBytes) * 100)} %`;
}
