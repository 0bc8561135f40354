import { CloseStack } from '../../base/close.ts';
import type { Language, Messages } from '../../base/messages/index.ts';
import { formatBytes } from '../../base/units.ts';
import { backUpCatalog } from '../../io/catalog/backup.ts';
import { lockCatalog } from '../../io/catalog/catalog-lock.ts';
import { moveCatalog } from '../../io/catalog/move.ts';
import { openStore } from '../../io/catalog/store.ts';
import { withSpinner } from '../../io/terminal/spinner.ts';
import type { Screen } from '../../io/terminal/screen.ts';
import type { CentralOrder } from '../central/orders.ts';

export interface UpkeepOptions {
  /** Of the catalogue that the flags name. */
  readonly databaseUrl: string;
  readonly screen: Screen;
  readonly language: Language;
  readonly messages: Messages;
  readonly signal: AbortSignal;
}

/**
 * Work on a catalogue that no central has to run for.
 *
 * @throws VideoError what `lockCatalog`, `moveCatalog` and `backUpCatalog` throw
 */
export async function runUpkeep(order: Exclude<CentralOrder, { type: 'help' | 'plot' }>, options: UpkeepOptions): Promise<void> {
  switch (order.type) {
    case 'move':
      return move(order, options);
    case 'backUp':
      return backUp(order, options);
    default:
      return order satisfies never;
  }
}

async function move({ from, to }: { readonly from: string; readonly to: string }, { screen, messages: { upkeep }, signal }: UpkeepOptions): Promise<void> {
  await using original = await openStore(from, { flag: '--de', mustExist: true });
  await using copy = await openStore(to, { flag: '--a' });
  await using locks = new CloseStack();
  for (const url of new Set([from, to])) locks.use(await lockCatalog(url));
  const rows = await withSpinner(screen, upkeep.moving(original.url, copy.url), () => moveCatalog(original, copy, { signal }));
  if (screen.isJson) screen.printJson({ moved: { from: original.url, to: copy.url, rows: Object.fromEntries(rows) } });
  else screen.print(upkeep.moved(copy.url, { videos: rows.get('videos') ?? 0, replicas: rows.get('replicas') ?? 0 }));
}

async function backUp({ path }: { readonly path: string }, { databaseUrl, screen, language, messages: { upkeep } }: UpkeepOptions): Promise<void> {
  const sizeBytes = await backUpCatalog(databaseUrl, path);
  if (screen.isJson) screen.printJson({ backedUp: { path, sizeBytes } });
  else screen.print(upkeep.backedUp(path, formatBytes(sizeBytes, language)));
}
