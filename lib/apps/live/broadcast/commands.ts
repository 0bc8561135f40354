import type { Command } from '../../../base/command.ts';
import type { Messages } from '../../../base/messages/index.ts';
import type { ViewerConnection } from '../../../domain/live/relay-root.ts';

/** A channel on the air. */
export interface OnAir {
  readonly number: number;
  readonly path: string;
  /** The number of the last block, once there is one. */
  block: number | undefined;
  readonly root: { readonly viewers: readonly ViewerConnection[] };
}

/** Who watches by the old protocol. */
export interface OldClients {
  clientsOf(channel: number): readonly string[];
}

/** The console of who broadcasts. */
export function broadcastCommands(channels: readonly OnAir[], legacy: OldClients, { live }: Messages): readonly Command[] {
  const clients = () => channels.flatMap(({ number, root }) => [...legacy.clientsOf(number), ...root.viewers.map(({ host }) => host)].map(host => ({ number, host })));
  return [
    {
      name: 'CANALES',
      aliases: ['CANAIS', 'CHANNELS'],
      help: live.commands.channels,
      async run(_argument, output) {
        const rows = channels.map(({ number, path, block, root }) => ({ channel: number, path, block, viewers: root.viewers.length, clients: legacy.clientsOf(number).length }));
        output.table(live.channelHeadings, rows.map(row => [row.channel, row.path, row.block ?? '', row.viewers, row.clients].map(String)), rows);
      },
    },
    {
      name: 'CLIENTES',
      aliases: ['CLIENTS'],
      help: live.commands.clients,
      async run(_argument, output) {
        output.table(live.channelHeadings.slice(0, 1).concat('IP'), clients().map(({ number, host }) => [String(number), host]), clients());
      },
    },
    {
      name: 'NUMERO',
      aliases: ['NÚMERO', 'COUNT'],
      help: live.commands.count,
      async run(_argument, output) {
        output.line(String(clients().length));
        output.record({ clients: clients().length });
      },
    },
  ];
}
