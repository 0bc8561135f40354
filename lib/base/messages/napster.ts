import type { EventFields, EventName } from '../events.ts';
import { printable } from '../printable.ts';

/** What the server of peers says, to the letter, and in Portuguese to everybody: programs and people compare it. */
const lines: { readonly [E in EventName]?: (fields: EventFields[E]) => string } = {
  'peer.joined': ({ address, files }) => ['Peer', address, 'adicionado com arquivos', ...files].join(' '),
  'peer.searched': ({ address, name }) => `Peer ${address} solicitou arquivo ${name}`,
};

/** The event as one line that is safe to show; undefined when nothing is said of it. */
export function napsterLine<E extends EventName>(event: E, fields: EventFields[E]): string | undefined {
  const write = lines[event];
  return write && printable(write(fields));
}

export const napsterQuestions = {
  ip: (usual: string) => `IP do servidor (Enter: ${usual}): `,
  port: (usual: number) => `Porta do servidor (Enter: ${usual}): `,
  notAnIp: 'Digite um endereço IP, como 127.0.0.1.',
  notAPort: 'Digite uma porta, de 1 a 65535.',
};
