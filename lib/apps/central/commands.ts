import type { Command, CommandOutput } from '../../base/command.ts';
import type { Language, Messages } from '../../base/messages/index.ts';
import { formatBytes, formatDuration } from '../../base/units.ts';
import { limits } from '../../protocol/limits.ts';
import { showCounts } from '../counts.ts';
import { accessCommands } from './access-commands.ts';
import { peerCommands } from './peer-commands.ts';
import { replicationCommands } from './replication-commands.ts';
import type { CentralState } from './state.ts';

/** In which words a console speaks. */
export interface Reader {
  readonly language: Language;
  readonly messages: Messages;
}

export function centralCommands(state: CentralState, { language, messages }: Reader): readonly Command[] {
  const { commands } = messages.central;
  return [
    {
      name: 'NUMERO_DESCARGAS_VIDEO',
      help: commands.downloadsByVideo,
      run: async (_argument, output) => showCounts('video', state.book.statistics.videos, output),
    },
    {
      name: 'VIDEOS_CLIENTE',
      help: commands.downloadsByClient,
      run: async (_argument, output) => showCounts('client', state.book.statistics.clientes, output),
    },
    {
      name: 'LISTA_VIDEOS',
      aliases: ['LISTAR'],
      help: commands.list,
      run: (_argument, output, { signal }) => showVideos(state, output, { language, messages }, signal),
    },
    ...replicationCommands(state, { language, messages }),
    {
      name: 'TURNOS',
      help: commands.tickets,
      run: async (_argument, output) => showTickets(state, output, { language, messages }),
    },
    ...peerCommands(state, { messages }),
    ...accessCommands(state, { messages }),
  ];
}

async function showVideos({ catalog }: CentralState, output: CommandOutput, { language, messages }: Reader, signal: AbortSignal): Promise<void> {
  const rows: string[][] = [];
  let after: string | undefined;
  do {
    signal.throwIfAborted();
    const page = await catalog.list({ limit: limits.pageMaxItems, after });
    rows.push(...page.items.map(({ name, sizeBytes, nodes }) => [name, formatBytes(sizeBytes, language), nodes.join(', ')]));
    after = page.next;
  } while (after !== undefined);
  if (rows.length === 0) output.line(messages.client.noVideos);
  else output.table(messages.client.videoHeadings, rows);
}

function showTickets({ admission, clock }: CentralState, output: CommandOutput, { language, messages }: Reader): void {
  const { ticketHeadings, running, place, noTickets } = messages.central;
  const tickets = admission.all();
  if (tickets.length === 0) return output.line(noTickets);
  const rows = tickets.map(({ ticketId, client, name, doneBytes, grantedAtMs, openedAtMs }) => [
    client,
    name,
    grantedAtMs === undefined ? place(admission.positionOf(ticketId)) : running,
    formatBytes(doneBytes, language),
    formatDuration(clock.now() - openedAtMs),
  ]);
  output.table(ticketHeadings, rows);
}
