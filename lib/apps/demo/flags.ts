import type { Messages } from '../../base/messages/index.ts';
import type { FlagTable } from '../flags.ts';
import type { ProgramText } from '../help.ts';
import type { ProgramDescription } from '../program.ts';

const flags = {
  directorio: { kind: 'text', placeholder: 'DIR', default: './demo', help: ({ demo }) => demo.flags.directory },
  mantener: { kind: 'switch', help: ({ demo }) => demo.flags.keep },
} as const satisfies FlagTable;

export const demoProgram = {
  name: 'demo',
  flags,
  text: ({ demo }: Messages): ProgramText => ({
    summary: demo.summary,
    usage: demo.usage,
    examples: demo.examples,
  }),
} satisfies ProgramDescription<typeof flags>;
