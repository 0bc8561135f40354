import type { Command, CommandOutput } from '../../base/command.ts';
import { VideoError } from '../../base/errors.ts';
import type { Messages } from '../../base/messages/index.ts';
import { nearest } from '../../base/nearest.ts';
import { isHttpUrl } from '../../protocol/mirror-url.ts';
import { foreignWishes, isForeignWord, type ForeignWish } from './foreign/wishes.ts';

/** What the command line asks for: a question, or downloads, of videos of the catalogue and of files of others. */
export type Order =
  | { readonly type: 'help' }
  | { readonly type: 'ask'; readonly command: string; readonly argument: string }
  | { readonly type: 'watch'; readonly name: string }
  | { readonly type: 'put'; readonly paths: readonly string[] }
  | { readonly type: 'get'; readonly names: readonly string[]; readonly wishes: readonly ForeignWish[]; readonly list?: string };

/** Flags that only some orders take. */
export interface OrderFlags {
  /** There is a file to save in. */
  readonly hasOutput: boolean;
  /** The words are mirrors of one file. */
  readonly areMirrors: boolean;
  /** There is a list of names. */
  readonly list?: string | undefined;
  /** There is a program to play with. */
  readonly hasPlayer?: boolean;
  /** There is a name for what is stored. */
  readonly hasRemoteName?: boolean;
}

const GET = 'descargar';
const WATCH = 'ver';
const PUT = 'subir';
const ASKING = { listar: 'LISTA_VIDEOS', buscar: 'BUSCAR', estado: 'ESTADO' } as const;
/** The console's names are orders too. */
const SYNONYMS: Readonly<Record<string, string>> = { lista_videos: 'listar', video: GET, help: 'ayuda', h: 'ayuda', ajuda: 'ayuda' };

/** @throws VideoError `usage` */
export function parseOrder([typed = '', ...rest]: readonly string[], { hasOutput, areMirrors, list, hasPlayer = false, hasRemoteName = false }: OrderFlags, messages: Messages): Order {
  const { client, common } = messages;
  const wrong = (reason: string) => new VideoError('usage', { reason });
  const lower = typed.toLowerCase();
  const name = Object.hasOwn(SYNONYMS, lower) ? SYNONYMS[lower]! : lower;
  if (list !== undefined && (name !== GET || hasOutput || areMirrors)) throw wrong(client.listForGet);
  if (hasPlayer && name !== WATCH) throw wrong(client.playerForWatching);
  if (hasRemoteName && (name !== PUT || rest.length > 1)) throw wrong(client.remoteNameForOne);
  if (hasOutput && ((name !== GET && name !== WATCH) || (rest.length > 1 && !areMirrors))) throw wrong(client.outputForOne);
  if (areMirrors && (name !== GET || !rest.every(isHttpUrl))) throw wrong(client.mirrorsAreUrls);
  if (name === GET) {
    if (rest.length === 0 && list === undefined) throw wrong(client.orderNeeds(GET, client.argumentNames.name.toUpperCase()));
    return { type: 'get', ...wantedBy(rest, areMirrors), ...(list !== undefined && { list }) };
  }
  if (name === WATCH) {
    const [video, more] = rest;
    if (video === undefined) throw wrong(client.orderNeeds(WATCH, client.argumentNames.name.toUpperCase()));
    if (more !== undefined) throw wrong(common.unexpectedWord(more));
    return { type: 'watch', name: video };
  }
  if (name === PUT) {
    if (rest.length === 0) throw wrong(client.orderNeeds(PUT, client.argumentNames.file.toUpperCase()));
    return { type: 'put', paths: [...new Set(rest)] };
  }
  if (name === 'buscar') {
    if (rest.length === 0) throw wrong(client.orderNeeds(name, client.argumentNames.text.toUpperCase()));
  } else if (name !== 'listar' && name !== 'estado' && name !== 'ayuda') {
    throw wrong(client.unknownOrder(typed, nearest(typed, [...Object.keys(ASKING), GET, WATCH, PUT, 'ayuda'])));
  } else if (rest.length > 0) throw wrong(common.unexpectedWord(rest[0]!));
  if (name === 'ayuda') return { type: 'help' };
  return { type: 'ask', command: ASKING[name], argument: rest.join(' ') };
}

/** Each word once: a video of the catalogue, or a file of others. */
export function wantedBy(words: readonly string[], areMirrors = false): { readonly names: readonly string[]; readonly wishes: readonly ForeignWish[] } {
  const once = [...new Set(words)];
  const foreign = once.filter(isForeignWord);
  return { names: once.filter(word => !isForeignWord(word)), wishes: foreign.length > 0 ? foreignWishes(foreign, areMirrors) : [] };
}

/** Runs the console's command that answers the question. */
export async function ask(
  { command: wanted, argument }: Extract<Order, { type: 'ask' }>,
  commands: readonly Command[],
  output: CommandOutput,
  signal: AbortSignal,
): Promise<void> {
  await commands.find(({ name }) => name === wanted)!.run(argument, output, { signal });
}
