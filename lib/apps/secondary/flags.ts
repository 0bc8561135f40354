import type { Messages } from '../../base/messages/index.ts';
import { centralFlags } from '../central-urls.ts';
import { portValue, type FlagTable } from '../flags.ts';
import type { ProgramText } from '../help.ts';
import type { ProgramDescription } from '../program.ts';
import { secretFlag } from '../secret.ts';
import { tlsFlags } from '../tls-flags.ts';

const flags = {
  numero: {
    kind: 'integer',
    short: 'n',
    placeholder: 'N',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    isRequired: true,
    help: ({ secondary }) => secondary.flags.number,
  },
  ip: { kind: 'text', short: 'i', placeholder: 'IP', default: '127.0.0.1', help: ({ common }) => common.flags.ip },
  puerto: { ...portValue, short: 'p', shownDefault: '50000+N', help: ({ common }) => common.flags.port },
  direccion: { kind: 'text', placeholder: 'HOST', help: ({ secondary }) => secondary.flags.host },
  ...centralFlags,
  directorio: { kind: 'text', placeholder: 'DIR', shownDefault: './videosN', help: ({ secondary }) => secondary.flags.directory },
  zona: { kind: 'text', placeholder: 'TEXTO', help: ({ secondary }) => secondary.flags.zone },
  ...secretFlag,
  ...tlsFlags,
  sinConsola: { kind: 'switch', help: ({ common }) => common.flags.noConsole },
} as const satisfies FlagTable;

export const secondaryProgram = {
  name: 'videosecundario',
  flags,
  text: ({ secondary }: Messages): ProgramText => ({
    summary: secondary.summary,
    usage: secondary.usage,
    examples: secondary.examples,
  }),
} satisfies ProgramDescription<typeof flags>;
