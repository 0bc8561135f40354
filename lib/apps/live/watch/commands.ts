import type { Command } from '../../../base/command.ts';
import type { Language, Messages } from '../../../base/messages/index.ts';
import { formatBytes } from '../../../base/units.ts';
import type { ShelfBlock } from '../../../domain/live/shelf-block.ts';
import { SLICES, type Contact } from '../../../domain/live/stream.ts';
import { nameOf } from './relay-watching.ts';
import type { Watching } from './watching.ts';

export interface WatchCommandPorts {
  parents(): Watching['parents'];
  children(): Watching['children'];
  readonly shelf: { readonly waiting: readonly ShelfBlock[] };
  /** Of whoever broadcasts: IPs of those who watch. */
  listClients(options: { readonly signal: AbortSignal }): Promise<readonly string[]>;
  countClients(options: { readonly signal: AbortSignal }): Promise<number>;
}

/** The console of who watches. */
export function watchCommands({ parents, children, shelf, listClients, countClients }: WatchCommandPorts, { live }: Messages, language: Language): readonly Command[] {
  return [
    {
      name: 'CONEXIONES',
      aliases: ['CONEXÕES', 'CONEXOES', 'CONNECTIONS'],
      help: live.commands.connections,
      async run(_argument, output) {
        const received = givers(parents()).map(([address, slices]) => ({ direction: 'receives', address, slices }));
        const sent = children().map(child => ({ direction: 'sends', address: nameOf(child) }));
        const rows = [
          ...received.map(({ address, slices }) => [live.receiving, address, slices.join(', ')]),
          ...sent.map(({ address }) => [live.sending, address, '']),
        ];
        output.table(live.connectionHeadings, rows, [...received, ...sent]);
      },
    },
    {
      name: 'ARCHIVOS',
      aliases: ['ARQUIVOS', 'FILES'],
      help: live.commands.files,
      async run(_argument, output) {
        const rows = shelf.waiting.map(({ number, sizeBytes, durationMs, path }) => ({ block: number, sizeBytes, durationMs, path }));
        output.table(live.fileHeadings, rows.map(({ block, sizeBytes, durationMs }) => [String(block), formatBytes(sizeBytes, language), (durationMs / 1000).toLocaleString(language)]), rows);
      },
    },
    {
      name: 'CLIENTES',
      aliases: ['CLIENTS'],
      help: live.commands.clients,
      async run(_argument, output, { signal }) {
        const clients = await listClients({ signal });
        for (const client of clients) output.line(client);
        output.record({ clients });
      },
    },
    {
      name: 'NUMERO',
      aliases: ['NÚMERO', 'COUNT'],
      help: live.commands.count,
      async run(_argument, output, { signal }) {
        const count = await countClients({ signal });
        output.line(String(count));
        output.record({ count });
      },
    },
    {
      name: 'DESCONECTAR',
      aliases: ['DISCONNECT'],
      help: live.commands.disconnect,
      isLast: true,
      run: async () => undefined,
    },
  ];
}

/** Who gives, and which slices, counted from 1. */
function givers(parents: readonly (Contact | undefined)[]): readonly (readonly [string, readonly number[]])[] {
  const slices = new Map<string, number[]>();
  for (let index = 0; index < SLICES; index += 1) {
    const parent = parents[index];
    if (!parent) continue;
    const name = nameOf(parent);
    slices.set(name, [...(slices.get(name) ?? []), index + 1]);
  }
  return [...slices];
}
