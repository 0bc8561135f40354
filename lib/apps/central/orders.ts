import { VideoError } from '../../base/errors.ts';
import type { Messages } from '../../base/messages/index.ts';
import { nearest } from '../../base/nearest.ts';

/** What the command line asks of the central besides running: work on its catalogue, and pictures of what it counted. */
export type CentralOrder =
  | { readonly type: 'help' }
  | { readonly type: 'move'; readonly from: string; readonly to: string }
  | { readonly type: 'backUp'; readonly path: string }
  | { readonly type: 'plot'; readonly directory: string | undefined };

/** Flags that only some orders take. */
export interface CentralOrderFlags {
  readonly de: string | undefined;
  readonly a: string | undefined;
  readonly salida: string | undefined;
}

const MOVE = 'migrar';
const BACK_UP = 'respaldar';
const PLOT = 'graficar';
const HELP = 'ayuda';
const ORDERS = [MOVE, BACK_UP, PLOT, HELP];
const SYNONYMS: Readonly<Record<string, string>> = { help: HELP, h: HELP, ajuda: HELP };

/**
 * Undefined without words: the central is to run.
 *
 * @throws VideoError `usage`
 */
export function parseCentralOrder(words: readonly string[], { de: from, a: to, salida }: CentralOrderFlags, messages: Messages): CentralOrder | undefined {
  const { client, common, plots, upkeep } = messages;
  const wrong = (reason: string) => new VideoError('usage', { reason });
  const [typed, ...rest] = words;
  const lower = typed?.toLowerCase() ?? '';
  const name = Object.hasOwn(SYNONYMS, lower) ? SYNONYMS[lower]! : lower;
  if (name !== MOVE && (from ?? to) !== undefined) throw wrong(upkeep.flagsForMoving);
  if (name !== PLOT && salida !== undefined) throw wrong(plots.outputForPlots);
  if (typed === undefined) return undefined;
  if (!ORDERS.includes(name)) throw wrong(client.unknownOrder(typed, nearest(typed, ORDERS)));
  const unexpected = rest[name === BACK_UP ? 1 : 0];
  if (unexpected !== undefined) throw wrong(common.unexpectedWord(unexpected));
  if (name === HELP) return { type: 'help' };
  if (name === PLOT) return { type: 'plot', directory: salida };
  if (name === BACK_UP) {
    const [path] = rest;
    if (path === undefined) throw wrong(client.orderNeeds(name, upkeep.file));
    return { type: 'backUp', path };
  }
  if (from === undefined || to === undefined) throw wrong(client.orderNeeds(name, from === undefined ? '--de URL' : '--a URL'));
  return { type: 'move', from, to };
}
