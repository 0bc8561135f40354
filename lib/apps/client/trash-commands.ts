import type { Command } from '../../base/command.ts';
import { VideoError } from '../../base/errors.ts';
import { namesLike } from './list.ts';
import { removeVideos, renameVideo, restoreVideo, showTrash, type NameChangesPorts } from './name-changes.ts';

const AS = ' --como ';

/** ELIMINAR, RESTAURAR, RENOMBRAR and PAPELERA of the console, which does not ask twice: what was removed can be restored. */
export function trashCommands(ports: NameChangesPorts): readonly Command[] {
  const { trash, client } = ports.messages;
  const complete: NonNullable<Command['complete']> = (typed, { signal }) => namesLike(typed, ports.control, signal);
  return [
    {
      name: 'ELIMINAR',
      argument: client.argumentNames.name,
      help: trash.commands.remove,
      complete,
      run: (name, output, { signal }) => removeVideos([name], ports, output, signal),
    },
    {
      name: 'RESTAURAR',
      argument: client.argumentNames.name,
      help: trash.commands.restore,
      run(typed, output, { signal }) {
        const [name = typed, as] = typed.split(AS);
        return restoreVideo(name.trim(), as?.trim(), ports, output, signal);
      },
    },
    {
      name: 'RENOMBRAR',
      argument: trash.renameArgument,
      help: trash.commands.rename,
      complete,
      async run(typed, output, { signal }) {
        const [from, to, more] = quotedWords(typed);
        if (from === undefined || to === undefined || more !== undefined) throw new VideoError('usage', { reason: trash.twoNames });
        await renameVideo(from, to, ports, output, signal);
      },
    },
    { name: 'PAPELERA', help: trash.commands.trash, run: (_argument, output, { signal }) => showTrash(ports, output, signal) },
  ];
}

/** Words between spaces; one in double quotes may have spaces. */
export function quotedWords(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
