import type { Command } from '../../base/command.ts';
import { VideoError } from '../../base/errors.ts';
import { roles, type Role } from '../../domain/roles.ts';
import type { Reader } from './commands.ts';
import type { CentralState } from './state.ts';

/** As roles are typed at a console: in Spanish first, which is what is shown. */
const typedRoles: { readonly [R in Role]: readonly [string, ...string[]] } = {
  reader: ['lectura', 'leitura', 'reader'],
  uploader: ['subida', 'envio', 'uploader'],
  node: ['nodo', 'nó', 'node'],
  admin: ['admin'],
};

/** What the console of a central does for who may do what. */
export function accessCommands({ access, mint }: Pick<CentralState, 'access' | 'mint'>, { messages }: Pick<Reader, 'messages'>): readonly Command[] {
  const { commands, secretHeadings, noSecrets, rotated } = messages.access;
  return [
    {
      name: 'SECRETO',
      argument: '[lectura|subida|nodo|admin]',
      help: commands.secret,
      async run(argument, output) {
        if (!access) return output.line(noSecrets);
        const wanted = argument === '' ? roles : [roleTyped(argument)];
        output.table(secretHeadings, wanted.map(role => [typedRoles[role][0], access.secrets[role]]));
      },
    },
    {
      name: 'ROTAR',
      help: commands.rotate,
      async run(_argument, output) {
        output.line(rotated(await mint.rotate()));
      },
    },
  ];
}

function roleTyped(typed: string): Role {
  const role = roles.find(one => typedRoles[one].includes(typed.toLowerCase()));
  if (role) return role;
  throw new VideoError('invalid_flag', { flag: 'SECRETO', value: typed, expected: roles.map(one => typedRoles[one][0]).join(', ') });
}
