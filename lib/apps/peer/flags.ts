import type { Messages } from '../../base/messages/index.ts';
import { portValue, type FlagTable } from '../flags.ts';
import type { ProgramText } from '../help.ts';
import type { ProgramDescription } from '../program.ts';
import { secretFlag } from '../secret.ts';
import { trustFlags } from '../tls-flags.ts';

const flags = {
  ip: { kind: 'text', short: 'i', placeholder: 'IP', help: ({ peer }) => peer.flags.ip },
  puerto: { ...portValue, short: 'p', help: ({ peer }) => peer.flags.port },
  directorio: { kind: 'text', placeholder: 'DIR', help: ({ peer }) => peer.flags.directory },
  ipCentral: { kind: 'text', placeholder: 'IP', default: '127.0.0.1', help: ({ peer }) => peer.flags.centralHost },
  puertoCentral: { ...portValue, min: 1, default: 1099, help: ({ peer }) => peer.flags.centralPort },
  maxSubidas: { kind: 'integer', placeholder: 'N', min: 0, max: 500, default: 8, help: ({ peer }) => peer.flags.maxUploads },
  limiteSubida: { kind: 'text', placeholder: 'BYTES/S', help: ({ peer }) => peer.flags.uploadLimit },
  detalle: { kind: 'switch', help: ({ peer }) => peer.flags.detail },
  ...secretFlag,
  ...trustFlags,
} as const satisfies FlagTable;

export const peerProgram = {
  name: 'videopeer',
  flags,
  language: 'pt',
  isQuiet: ({ detalle }) => !detalle,
  text: ({ peer }: Messages): ProgramText => ({
    summary: peer.summary,
    usage: peer.usage,
    examples: peer.examples,
  }),
} satisfies ProgramDescription<typeof flags>;
