import { toVideoError, VideoError } from '../../base/errors.ts';
import type { Messages } from '../../base/messages/index.ts';
import type { DownloadTeller } from './download-teller.ts';
import type { Downloads } from './downloads.ts';
import type { ForeignFileToGet } from './foreign/files.ts';
import type { ForeignDownloads } from './foreign/foreign-downloads.ts';
import { nameOf, shownWord } from './foreign/wishes.ts';
import type { GetResult } from './get.ts';
import { parseNameList, STANDARD_INPUT } from './name-list.ts';
import { OrderOutcomes } from './order-outcomes.ts';
import { wantedBy, type Order } from './orders.ts';

export type GetOrder = Extract<Order, { type: 'get' }>;

/** Where names stand in the list that names them, in words. */
type Places = ReadonlyMap<string, string>;

export type ListedOrder = Omit<GetOrder, 'list'> & { readonly places?: Places };

export interface ListPorts {
  /** The text of a list; `-` is the standard input. */
  readonly readList: (path: string, options: { readonly signal: AbortSignal }) => Promise<string>;
  readonly messages: Messages;
  readonly signal: AbortSignal;
}

export interface GetOrderPorts {
  readonly downloads: Downloads;
  readonly foreign: ForeignDownloads;
  readonly teller: DownloadTeller;
  readonly messages: Messages;
  readonly whileLooking: <T>(text: string, task: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

/**
 * What the order wants, with what its list names; each thing once.
 *
 * @throws VideoError `invalid_list`, `path_not_readable`; or the signal's reason
 */
export async function withListed({ list, ...order }: GetOrder, { readList, messages, signal }: ListPorts): Promise<ListedOrder> {
  if (list === undefined) return order;
  const called = list === STANDARD_INPUT ? messages.client.standardInput : list;
  const listed = parseNameList(await readList(list, { signal }), called);
  const known = new Set([...order.names, ...order.wishes.map(nameOf)]);
  const { names, wishes } = wantedBy([...listed.keys()].filter(word => !known.has(shownWord(word))));
  const places = new Map([...listed].map(([word, line]) => [shownWord(word), messages.client.listedAt(called, line)]));
  return { ...order, names: [...order.names, ...names], wishes: [...order.wishes, ...wishes], places };
}

/**
 * Downloads everything, some at once, and tells how each ended.
 *
 * @throws VideoError why the only one failed; `downloads_failed` when some of several did; or the signal's reason
 */
export async function getAll(order: ListedOrder, outputPath: string | undefined, ports: GetOrderPorts): Promise<void> {
  const { downloads, foreign, teller, signal } = ports;
  const outcomes = new OrderOutcomes();
  const follow = async (name: string, start: () => Promise<GetResult>) => {
    try {
      const result = await start();
      teller.ended(result);
      outcomes.ended(result);
    } catch (error) {
      teller.notBegun(name, toVideoError(error));
      outcomes.failedWith(name, toVideoError(error));
    }
  };
  const files = await foreignFiles(order, outputPath, outcomes, ports);
  await Promise.all([
    ...order.names.map(name => follow(name, () => downloads.start(name, { outputPath }))),
    ...files.map(file => follow(file.name, () => foreign.start(file, outputPath))),
  ]);
  teller.summary(outcomes);
  signal.throwIfAborted();
  throwFailures(outcomes, order.places, teller);
}

/** What the wishes are about; those that cannot be found out add to `outcomes`. */
async function foreignFiles(
  { wishes }: ListedOrder,
  outputPath: string | undefined,
  outcomes: OrderOutcomes,
  { foreign, teller, messages, whileLooking, signal }: GetOrderPorts,
): Promise<readonly ForeignFileToGet[]> {
  if (wishes.length === 0) return [];
  const { files, failures } = await whileLooking(messages.client.askingMirrors, () => foreign.find(wishes));
  signal.throwIfAborted();
  for (const { name, error } of failures) {
    teller.notBegun(name, error);
    outcomes.failedWith(name, error);
  }
  if (outputPath !== undefined && files.length > 1) throw new VideoError('usage', { reason: messages.client.outputForOne });
  return files;
}

function throwFailures({ failed, total }: OrderOutcomes, places: Places | undefined, teller: DownloadTeller): void {
  const [first] = failed;
  if (!first) return;
  if (total === 1 && !places) throw first.error;
  for (const { name, error } of failed) teller.trouble(error, places?.get(name));
  throw new VideoError('downloads_failed', { failed: failed.map(({ name }) => name), total });
}
