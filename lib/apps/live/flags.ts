import type { Messages } from '../../base/messages/index.ts';
import { portValue, type FlagTable, type FlagValues } from '../flags.ts';
import type { ProgramText } from '../help.ts';
import { secretFlag } from '../secret.ts';
import { trustFlags } from '../tls-flags.ts';
import type { ProgramDescription } from '../program.ts';

const PLAYERS = ['mpv', 'vlc', 'ninguno'] as const;

const flags = {
  canal: { kind: 'list', placeholder: 'N', help: ({ live }) => live.flags.channel },
  ip: { kind: 'text', short: 'i', placeholder: 'IP', default: '127.0.0.1', help: ({ live }) => live.flags.ip },
  puerto: { ...portValue, short: 'p', default: 6060, help: ({ live }) => live.flags.port },
  puertoRelevo: { ...portValue, help: ({ live }) => live.flags.relayPort },
  puertoCliente: { ...portValue, min: 1, default: 9091, help: ({ live }) => live.flags.clientPort },
  maxClientes: { kind: 'integer', placeholder: 'M', min: 0, max: 1000, default: 10, help: ({ live }) => live.flags.maxClients },
  maxRetransmisiones: { kind: 'integer', placeholder: 'N', min: 0, max: 100, default: 2, help: ({ live }) => live.flags.retransmissions },
  reproductor: { kind: 'choice', placeholder: 'mpv|vlc|ninguno', choices: PLAYERS, default: 'ninguno', help: ({ live }) => live.flags.player },
  directorio: { kind: 'text', placeholder: 'DIR', default: '.', help: ({ live }) => live.flags.directory },
  retardo: { kind: 'integer', placeholder: 'S', min: 2, max: 60, default: 12, help: ({ live }) => live.flags.delay },
  ipLocal: { kind: 'text', placeholder: 'IP', help: ({ live }) => live.flags.localIp },
  puertoVer: { ...portValue, default: 0, help: ({ live }) => live.flags.viewPort },
  ipCentral: { kind: 'text', placeholder: 'IP[,IP…]', help: ({ live }) => live.flags.central },
  puertoCentral: { ...portValue, min: 1, help: ({ live }) => live.flags.centralPort },
  ...secretFlag,
  ...trustFlags,
  sinConsola: { kind: 'switch', help: ({ common }) => common.flags.noConsole },
} as const satisfies FlagTable;

export type LiveFlags = FlagValues<typeof flags>;

export const liveProgram = {
  name: 'videocanal',
  flags,
  takesWords: true,
  text: ({ common, live }: Messages): ProgramText => ({
    summary: live.summary,
    usage: live.usage,
    sections: [{ title: common.ordersTitle, rows: live.orderRows }],
    examples: live.examples,
  }),
} satisfies ProgramDescription<typeof flags>;
