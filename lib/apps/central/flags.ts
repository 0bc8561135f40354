import type { Messages } from '../../base/messages/index.ts';
import { DAY_MS } from '../../base/units.ts';
import { limits } from '../../protocol/limits.ts';
import { portValue, type FlagTable } from '../flags.ts';
import type { ProgramText } from '../help.ts';
import type { ProgramDescription } from '../program.ts';
import { tlsFlags } from '../tls-flags.ts';

const anyNumber = { kind: 'integer', placeholder: 'N', max: Number.MAX_SAFE_INTEGER } as const;

const flags = {
  ip: { kind: 'text', short: 'i', placeholder: 'IP', shownDefault: '127.0.0.1', help: ({ common }) => common.flags.ip },
  puerto: { ...portValue, short: 'p', shownDefault: '50000', help: ({ common }) => common.flags.port },
  datos: { kind: 'text', placeholder: 'DIR', default: './datos', help: ({ central }) => central.flags.data },
  baseDatos: { kind: 'text', placeholder: 'URL', help: ({ central }) => central.flags.database },
  replicas: { ...anyNumber, min: 1, default: 3, help: ({ central }) => central.flags.replicas },
  maxDescargas: { ...anyNumber, min: 0, default: 0, help: ({ central }) => central.flags.maxDownloads },
  limiteReparacion: { kind: 'text', placeholder: 'BYTES/S', help: ({ central }) => central.flags.repairLimit },
  papelera: { kind: 'integer', placeholder: 'N', min: 0, max: 3650, default: limits.trashKeptMs / DAY_MS, help: ({ central }) => central.flags.trash },
  nombrePublico: { kind: 'text', placeholder: 'HOST[,HOST]', help: ({ central }) => central.flags.publicNames },
  de: { kind: 'text', placeholder: 'URL', help: ({ upkeep }) => upkeep.flags.from },
  a: { kind: 'text', placeholder: 'URL', help: ({ upkeep }) => upkeep.flags.to },
  salida: { kind: 'text', placeholder: 'DIR', help: ({ plots }) => plots.flags.output },
  anunciar: { kind: 'switch', help: ({ central }) => central.flags.announce },
  napster: { kind: 'switch', help: ({ central }) => central.flags.napster },
  lectura: { kind: 'choice', placeholder: 'abierta|secreta', choices: ['abierta', 'secreta'], default: 'abierta', help: ({ access }) => access.flags.reading },
  ...tlsFlags,
  sinConsola: { kind: 'switch', help: ({ common }) => common.flags.noConsole },
} as const satisfies FlagTable;

export const centralProgram = {
  name: 'videocentral',
  flags,
  takesWords: true,
  isQuiet: ({ napster }) => napster,
  text: ({ common, central, plots, upkeep }: Messages): ProgramText => ({
    summary: central.summary,
    usage: central.usage,
    sections: [{ title: common.ordersTitle, rows: [...upkeep.orderRows.slice(0, -1), ...plots.centralOrderRows, ...upkeep.orderRows.slice(-1)] }],
    examples: [...central.examples, ...upkeep.examples],
  }),
} satisfies ProgramDescription<typeof flags>;
