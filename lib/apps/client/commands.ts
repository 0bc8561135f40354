import type { Command, CommandOutput } from '../../base/command.ts';
import type { Language, Messages } from '../../base/messages/index.ts';
import { formatBytes, formatDuration, formatRate } from '../../base/units.ts';
import type { VideoOrder } from '../../domain/catalog.ts';
import type { ControlClient, ListedVideo } from '../../protocol/control.ts';
import { nodeRow } from '../node-rows.ts';
import type { RunningDownload } from './downloads.ts';
import { shownWord } from './foreign/wishes.ts';
import { listVideos, namesLike } from './list.ts';
import { trashCommands } from './trash-commands.ts';

export interface ClientCommandsPorts {
  readonly control: ControlClient;
  readonly language: Language;
  readonly messages: Messages;
  /** Registers the name at the central and uses it from now on. */
  register(name: string, signal: AbortSignal): Promise<{ readonly name: string; readonly downloads: number }>;
  /** Begins a download that goes on by itself and tells its end; false when it is already running. */
  begin(name: string): boolean;
  running(): readonly RunningDownload[];
}

/** The console's commands; those that only ask serve the orders of the command line too. */
export function clientCommands(ports: ClientCommandsPorts): readonly Command[] {
  const { client } = ports.messages;
  const { commands, argumentNames } = client;
  return [
    {
      name: 'INSCRIBIR',
      argument: argumentNames.name,
      help: commands.register,
      async run(argument, output, { signal }) {
        const { name, downloads } = await ports.register(argument, signal);
        output.line(client.registered(name, downloads));
      },
    },
    ...askingCommands(ports),
    {
      name: 'VIDEO',
      aliases: ['DESCARGAR'],
      argument: argumentNames.name,
      help: commands.get,
      complete: (typed, { signal }) => namesLike(typed, ports.control, signal),
      async run(name, output) {
        const shown = shownWord(name);
        output.line(ports.begin(name) ? client.started(shown) : client.alreadyRunning(shown));
      },
    },
    {
      name: 'DESCARGAS',
      help: commands.downloads,
      run: async (_argument, output) => showDownloads(ports, output),
    },
    ...trashCommands(ports),
  ];
}

/** LISTA_VIDEOS, BUSCAR, ESTADO. */
export function askingCommands(ports: Pick<ClientCommandsPorts, 'control' | 'language' | 'messages'>): readonly Command[] {
  const { client } = ports.messages;
  const { commands, argumentNames } = client;
  return [
    {
      name: 'LISTA_VIDEOS',
      aliases: ['LISTAR'],
      help: commands.list,
      async run(_argument, output, { signal }) {
        const videos = await listVideos(ports.control, { signal });
        showVideos(videos, client.noVideos, ports, output);
      },
    },
    {
      name: 'BUSCAR',
      argument: argumentNames.text,
      help: commands.search,
      async run(text, output, { signal }) {
        const videos = await listVideos(ports.control, { text, signal });
        showVideos(videos, client.nothingFound(text), ports, output);
      },
    },
    { name: 'ESTADO', help: commands.status, run: (_argument, output, { signal }) => showStatus(ports, output, signal) },
  ];
}

/** The list in the central's order; by name, in that of the reader's language. */
export async function showList(
  order: VideoOrder,
  ports: Pick<ClientCommandsPorts, 'control' | 'language' | 'messages'>,
  output: CommandOutput,
  signal: AbortSignal,
): Promise<void> {
  const { noVideos } = ports.messages.client;
  const videos = await listVideos(ports.control, { order, signal });
  if (order === 'name') showVideos(videos, noVideos, ports, output);
  else showInOrder(videos, noVideos, ports, output);
}

function showVideos(
  videos: readonly ListedVideo[],
  whenNone: string,
  ports: Pick<ClientCommandsPorts, 'language' | 'messages'>,
  output: CommandOutput,
): void {
  const { compare } = new Intl.Collator(ports.language, { numeric: true });
  showInOrder(videos.toSorted((one, other) => compare(one.name, other.name)), whenNone, ports, output);
}

function showInOrder(
  videos: readonly ListedVideo[],
  whenNone: string,
  { language, messages }: Pick<ClientCommandsPorts, 'language' | 'messages'>,
  output: CommandOutput,
): void {
  if (videos.length === 0) return output.line(whenNone);
  const rows = videos.map(({ name, sizeBytes, available }) => [
    name,
    formatBytes(sizeBytes, language),
    available.length > 0 ? available.toSorted((one, other) => one - other).join(', ') : messages.client.nobodyHoldsIt,
  ]);
  output.table(messages.client.videoHeadings, rows, videos);
}

async function showStatus(
  { control, language, messages }: Pick<ClientCommandsPorts, 'control' | 'language' | 'messages'>,
  output: CommandOutput,
  signal: AbortSignal,
): Promise<void> {
  const { client } = messages;
  const { nodes, replicas, conflicts } = await control.nodes.list({}, { signal });
  if (nodes.length === 0) output.line(client.noNodes);
  else output.table(client.nodeHeadings, nodes.map(node => nodeRow(node, { language, messages })), nodes);
  output.line(client.replicas(replicas));
  output.record({ replicas, conflicts });
  for (const { number, copying } of nodes) {
    if (copying.length > 0) output.line(client.copying(number, copying.join(', ')));
  }
  for (const conflict of conflicts) output.line(client.conflict(conflict.name, conflict.nodes.join(', ')));
}

function showDownloads({ running, language, messages }: ClientCommandsPorts, output: CommandOutput): void {
  const { client } = messages;
  const downloads = running();
  if (downloads.length === 0) return output.line(client.noDownloads);
  const rows = downloads.map(({ name, progress }) => {
    if (!progress) return [name, '', '', client.waitsForOthers];
    const { doneBytes, sizeBytes, rate, etaMs } = progress;
    const percent = sizeBytes === 0 ? 100 : Math.floor((doneBytes / sizeBytes) * 100);
    return [name, `${percent} %`, formatRate(rate, language), formatDuration(etaMs)];
  });
  output.table(client.downloadHeadings, rows, downloads);
}
