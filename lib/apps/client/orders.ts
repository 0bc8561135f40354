import { askNobody, type Command, type CommandOutput } from '../../base/command.ts';
import { VideoError } from '../../base/errors.ts';
import type { Messages } from '../../base/messages/index.ts';
import { nearest } from '../../base/nearest.ts';
import type { VideoOrder } from '../../domain/catalog.ts';
import { isHttpUrl } from '../../protocol/mirror-url.ts';
import { foreignWishes, isForeignWord, type ForeignWish } from './foreign/wishes.ts';

/** A change of what the catalogue has under a name. */
export type NameChange =
  | { readonly type: 'remove'; readonly names: readonly string[]; readonly isSure: boolean }
  | { readonly type: 'restore'; readonly name: string; readonly as?: string }
  | { readonly type: 'rename'; readonly name: string; readonly to: string };

/** What the command line asks for: a question, a change of names, or downloads, of videos of the catalogue and of files of others. */
export type Order =
  | { readonly type: 'help' }
  | { readonly type: 'ask'; readonly command: string; readonly argument: string }
  | { readonly type: 'list'; readonly order: VideoOrder }
  | NameChange
  | { readonly type: 'watch'; readonly name: string }
  | { readonly type: 'put'; readonly paths: readonly string[] }
  | { readonly type: 'plot'; readonly path: string }
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
  /** Flags that only tell of what is stored, as they are typed. */
  readonly uploadFlags?: readonly string[];
  /** The name that a restored video gets. */
  readonly as?: string | undefined;
  /** Nobody is to be asked. */
  readonly isSure?: boolean;
  /** What is downloaded is served. */
  readonly isSharing?: boolean;
  readonly order?: VideoOrder | undefined;
  /** There is a download to draw. */
  readonly hasDownload?: boolean;
}

type ArgumentName = 'name' | 'text' | 'other' | 'file';

/** How an order is typed, and what it becomes. */
interface OrderRule {
  /** What has to follow the order, one word each. */
  readonly needs: readonly ArgumentName[];
  /** More words may follow. */
  readonly takesMore?: true;
  /** Only the words are needed that the list does not have. */
  readonly takesList?: true;
  readonly read: (words: readonly string[], flags: OrderFlags) => Order;
}

const asking = (command: string): OrderRule['read'] => words => ({ type: 'ask', command, argument: words.join(' ') });

const rules = {
  listar: { needs: [], read: (words, { order }) => (order === undefined ? asking('LISTA_VIDEOS')(words, noFlags) : { type: 'list', order }) },
  buscar: { needs: ['text'], takesMore: true, read: asking('BUSCAR') },
  estado: { needs: [], read: asking('ESTADO') },
  descargar: {
    needs: ['name'],
    takesMore: true,
    takesList: true,
    read: (words, { areMirrors, list }) => ({ type: 'get', ...wantedBy(words, areMirrors), ...(list !== undefined && { list }) }),
  },
  ver: { needs: ['name'], read: ([name]) => ({ type: 'watch', name: name! }) },
  subir: { needs: ['file'], takesMore: true, read: words => ({ type: 'put', paths: [...new Set(words)] }) },
  eliminar: { needs: ['name'], takesMore: true, read: (words, { isSure = false }) => ({ type: 'remove', names: [...new Set(words)], isSure }) },
  restaurar: { needs: ['name'], read: ([name], { as }) => ({ type: 'restore', name: name!, ...(as !== undefined && { as }) }) },
  renombrar: { needs: ['name', 'other'], read: ([name, to]) => ({ type: 'rename', name: name!, to: to! }) },
  graficar: { needs: ['file'], read: ([path]) => ({ type: 'plot', path: path! }) },
  papelera: { needs: [], read: asking('PAPELERA') },
  ayuda: { needs: [], read: () => ({ type: 'help' }) },
} as const satisfies Record<string, OrderRule>;

type OrderName = keyof typeof rules;

const noFlags: OrderFlags = { hasOutput: false, areMirrors: false };

/** The console's names are orders too. */
const SYNONYMS: Readonly<Record<string, OrderName>> = { lista_videos: 'listar', video: 'descargar', help: 'ayuda', h: 'ayuda', ajuda: 'ayuda' };

/** @throws VideoError `usage` */
export function parseOrder([typed = '', ...words]: readonly string[], flags: OrderFlags, messages: Messages): Order {
  const { client, common } = messages;
  const wrong = (reason: string) => new VideoError('usage', { reason });
  const name = orderNameOf(typed.toLowerCase());
  const misplaced = misplacedFlag(name, words, flags, messages);
  if (misplaced !== undefined) throw wrong(misplaced);
  if (name === undefined) throw wrong(client.unknownOrder(typed, nearest(typed, Object.keys(rules))));
  const rule: OrderRule = rules[name];
  const missing = rule.needs[words.length];
  if (missing !== undefined && !(rule.takesList && flags.list !== undefined)) throw wrong(client.orderNeeds(name, client.argumentNames[missing].toUpperCase()));
  const unexpected = rule.takesMore ? undefined : words[rule.needs.length];
  if (unexpected !== undefined) throw wrong(common.unexpectedWord(unexpected));
  return rule.read(words, flags);
}

function orderNameOf(lower: string): OrderName | undefined {
  if (Object.hasOwn(SYNONYMS, lower)) return SYNONYMS[lower];
  return Object.hasOwn(rules, lower) ? (lower as OrderName) : undefined;
}

/** What is wrong with a flag that the order does not take; undefined when all are well. */
function misplacedFlag(name: OrderName | undefined, words: readonly string[], flags: OrderFlags, { client, plots, sharing, trash }: Messages): string | undefined {
  const { hasOutput, areMirrors, list, hasPlayer = false, hasRemoteName = false, uploadFlags = [], as, isSure = false, isSharing = false, order, hasDownload = false } = flags;
  const isGet = name === 'descargar';
  if (list !== undefined && (!isGet || hasOutput || areMirrors)) return client.listForGet;
  if (hasPlayer && name !== 'ver') return client.playerForWatching;
  if (uploadFlags[0] !== undefined && name !== 'subir') return client.onlyForUploads(uploadFlags[0]);
  if (hasRemoteName && (name !== 'subir' || words.length > 1)) return client.remoteNameForOne;
  if (hasDownload && name !== 'graficar') return plots.downloadForPlots;
  if (hasOutput && name !== 'graficar' && ((!isGet && name !== 'ver') || (words.length > 1 && !areMirrors))) return client.outputForOne;
  if (areMirrors && (!isGet || !words.every(isHttpUrl))) return client.mirrorsAreUrls;
  if (isSharing && !isGet && name !== 'ver') return sharing.onlyForDownloads;
  if (as !== undefined && name !== 'restaurar') return trash.asForRestore;
  if (isSure && name !== 'eliminar') return trash.yesForRemove;
  if (order !== undefined && name !== 'listar') return trash.orderForList;
  return undefined;
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
  await commands.find(({ name }) => name === wanted)!.run(argument, output, { signal, ask: askNobody });
}
