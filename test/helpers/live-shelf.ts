import type { ExecutionContext } from 'ava';
import type { EventFields, EventName } from '../../lib/base/events.ts';
import { createLog, type Log } from '../../lib/base/log.ts';
import { openStoredShelf, type ArrivedBlock, type StoredShelf } from '../../lib/io/live/stored-shelf.ts';
import { eventually } from './eventually.ts';
import { ForwardClock } from './forward-clock.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export const BLOCK_MS = 2000;

/** A block of the stream `a`, unless it is told otherwise. */
export function arrived(number: number, { stream = 'a', isBeginning = false } = {}): ArrivedBlock {
  return { key: `${stream}-${number}`, stream, number, startMs: number * BLOCK_MS, durationMs: BLOCK_MS, isBeginning };
}

/** A log, and what it was told: `live.missed 0 3 3`. */
export function toldLog(): { readonly log: Log; readonly told: string[] } {
  const told: string[] = [];
  const write = <E extends EventName>(_level: string, event: E, fields: EventFields[E]) => void told.push([event, ...Object.values(fields)].join(' '));
  return { log: createLog(write), told };
}

export interface ShelfSite {
  readonly shelf: StoredShelf;
  readonly directory: string;
  readonly told: readonly string[];
  readonly log: Log;
  readonly clock: ForwardClock;
  /** Puts a block, and comes back when it is shown. */
  show(number: number, text: string, options?: Parameters<typeof arrived>[1]): Promise<void>;
}

/** A shelf of channel 0 in a folder of its own, by a clock that is put forward. */
export async function openShelfSite(t: ExecutionContext, { directory, maxBytes }: { readonly directory?: string; readonly maxBytes?: number } = {}): Promise<ShelfSite> {
  const folder = directory ?? (await temporaryDirectory(t));
  const clock = new ForwardClock();
  const { log, told } = toldLog();
  const shelf = await openStoredShelf({ directory: folder, channel: 0, clock, log, maxBytes });
  t.teardown(() => shelf[Symbol.asyncDispose]());
  return {
    shelf,
    directory: folder,
    told,
    log,
    clock,
    async show(number, text, options) {
      const block = arrived(number, options);
      t.is(await shelf.put(block, Buffer.from(text), clock.now() + BLOCK_MS), 'waiting');
      clock.forward(BLOCK_MS);
      await eventually(`${block.key} is shown`, () => shelf.shown().entries.some(({ item }) => item.key === block.key));
    },
  };
}
