import type { Messages } from '../../base/messages/index.ts';
import { centralFlags } from '../central-urls.ts';
import type { FlagTable } from '../flags.ts';
import type { ProgramText } from '../help.ts';
import type { ProgramDescription } from '../program.ts';
import { secretFlag } from '../secret.ts';
import { trustFlags } from '../tls-flags.ts';

const flags = {
  ...centralFlags,
  ...secretFlag,
  ...trustFlags,
  nombre: { kind: 'text', placeholder: 'NOMBRE', help: ({ client }) => client.flags.name },
  directorio: { kind: 'text', placeholder: 'DIR', default: '.', help: ({ client }) => client.flags.directory },
  limite: { kind: 'text', placeholder: 'BYTES/S', help: ({ client }) => client.flags.limit },
  espejos: { kind: 'switch', help: ({ client }) => client.flags.mirrors },
  lista: { kind: 'text', placeholder: 'FILE', help: ({ client }) => client.flags.list },
  reproductor: { kind: 'text', placeholder: 'CMD', help: ({ client }) => client.flags.player },
  nombreRemoto: { kind: 'text', placeholder: 'NOMBRE', help: ({ client }) => client.flags.remoteName },
  titulo: { kind: 'text', placeholder: 'TEXTO', help: ({ client }) => client.flags.title },
  descripcion: { kind: 'text', placeholder: 'TEXTO', help: ({ client }) => client.flags.description },
  salida: { kind: 'text', short: 'o', placeholder: 'FILE', help: ({ client }) => client.flags.output },
} as const satisfies FlagTable;

export const clientProgram = {
  name: 'videocliente',
  flags,
  takesWords: true,
  text: ({ common, client }: Messages): ProgramText => ({
    summary: client.summary,
    usage: client.usage,
    sections: [{ title: common.ordersTitle, rows: client.orderRows }],
    examples: client.examples,
  }),
} satisfies ProgramDescription<typeof flags>;
