import type { Messages } from '../../base/messages/index.ts';
import { centralFlags } from '../central-urls.ts';
import type { FlagTable } from '../flags.ts';
import type { ProgramText } from '../help.ts';
import type { ProgramDescription } from '../program.ts';
import { secretFlag } from '../secret.ts';
import { sharingFlags } from '../sharing/flags.ts';
import { trustFlags } from '../tls-flags.ts';

/** As they are typed; a keyboard may have no ñ. */
const LIST_ORDERS = ['nombre', 'fecha', 'tamaño', 'tamano'] as const;

const flags = {
  ...centralFlags,
  ...secretFlag,
  ...trustFlags,
  nombre: { kind: 'text', placeholder: 'NOMBRE', help: ({ client }) => client.flags.name },
  directorio: { kind: 'text', placeholder: 'DIR', default: '.', help: ({ client }) => client.flags.directory },
  limite: { kind: 'text', placeholder: 'BYTES/S', help: ({ client }) => client.flags.limit },
  ...sharingFlags,
  espejos: { kind: 'switch', help: ({ client }) => client.flags.mirrors },
  orden: { kind: 'choice', placeholder: 'nombre|fecha|tamaño', choices: LIST_ORDERS, help: ({ trash }) => trash.flags.order },
  como: { kind: 'text', placeholder: 'OTRO', help: ({ trash }) => trash.flags.as },
  si: { kind: 'switch', help: ({ trash }) => trash.flags.yes },
  lista: { kind: 'text', placeholder: 'FILE', help: ({ client }) => client.flags.list },
  reproductor: { kind: 'text', placeholder: 'CMD', help: ({ client }) => client.flags.player },
  nombreRemoto: { kind: 'text', placeholder: 'NOMBRE', help: ({ client }) => client.flags.remoteName },
  reemplazar: { kind: 'switch', help: ({ client }) => client.flags.replace },
  titulo: { kind: 'text', placeholder: 'TEXTO', help: ({ client }) => client.flags.title },
  descripcion: { kind: 'text', placeholder: 'TEXTO', help: ({ client }) => client.flags.description },
  descarga: { kind: 'text', placeholder: 'N|NOMBRE', help: ({ plots }) => plots.flags.download },
  salida: { kind: 'text', short: 'o', placeholder: 'FILE', help: ({ client }) => client.flags.output },
} as const satisfies FlagTable;

export const clientProgram = {
  name: 'videocliente',
  flags,
  takesWords: true,
  text: ({ common, client, plots, sharing, trash }: Messages): ProgramText => ({
    summary: client.summary,
    usage: client.usage,
    sections: [{ title: common.ordersTitle, rows: [...client.orderRows.slice(0, -1), ...trash.orderRows, ...plots.clientOrderRows, ...client.orderRows.slice(-1)] }],
    examples: [...client.examples, ...sharing.examples],
  }),
} satisfies ProgramDescription<typeof flags>;
