import type { Clock } from '../../base/clock.ts';
import { systemCodeOf, toVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { Shelf, SHELF_MAX_BYTES } from '../../domain/live/shelf.ts';
import type { Arrival, ExpectedBlock, MissedBlocks, ShelfBlock } from '../../domain/live/shelf-block.ts';
import { Shortfall } from '../../domain/live/shortfall.ts';
import type { ShownView } from '../../domain/live/shown-window.ts';
import { openBlockFolder } from './block-folder.ts';

export interface StoredShelfOptions {
  /** Where the folder of the blocks is made. */
  readonly directory: string;
  readonly channel: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly maxBytes?: number | undefined;
}

/** A block before it has a place on disk. */
export type ArrivedBlock = Omit<ShelfBlock, 'sizeBytes' | 'path'>;

/** What a viewer holds of a channel, on disk, and shows to players of this machine. */
export interface StoredShelf extends AsyncDisposable {
  readonly channel: number;
  /**
   * Keeps a whole block, to be shown at `dueMs` of the clock. Never throws for a disk: a block that cannot be written is `unstored`,
   * and it is told.
   */
  put(block: ArrivedBlock, bytes: Uint8Array, dueMs: number): Promise<Arrival | 'unstored'>;
  /** A block is on its way. */
  expect(block: ExpectedBlock, dueMs: number): void;
  /** Undefined for what is not here, or not any more. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** Whole blocks that wait to be shown. */
  readonly waiting: readonly ShelfBlock[];
  readonly bytesHeld: number;
  /** What players are told of it, as `Shelf` says. */
  shown(): ShownView<ShelfBlock>;
  asked(player: string): void;
  fetched(player: string, number: number): void;
  leaveOut(key: string): void;
}

const LOOK_EVERY_MS = 100;

/** @throws VideoError `disk_full`, `path_not_writable`, `not_a_directory`, `path_in_use` */
export async function openStoredShelf({ directory, channel, clock, log, maxBytes = SHELF_MAX_BYTES }: StoredShelfOptions): Promise<StoredShelf> {
  const folder = await openBlockFolder(directory, { channel });
  const removals = new Set<Promise<void>>();
  /** Between two blocks, so that a state is told when it begins and when it ends. */
  let isStoring = true;
  let hasRoom = true;
  let discarded = 0;
  const shortfall = new Shortfall();
  /** By stream and number: those that came, and are missed all the same. */
  const unstored = new Set<string>();
  const shelf = new Shelf(
    {
      shown({ number }) {
        if (shortfall.shown()) log.info('live.steady', { channel, number });
      },
      missed: tellMissed,
      discarded({ number }) {
        discarded += 1;
        if (hasRoom) log.warn('live.discarded', { channel, number });
        hasRoom = false;
      },
      removed: ({ path }) => remove(path),
    },
    { maxBytes },
  );
  const look = () => shelf.advance(clock.now());
  look();
  const looking = setInterval(look, LOOK_EVERY_MS);
  // One at a time, so that what is on disk is never more than what was admitted.
  let last: Promise<unknown> = Promise.resolve();

  return {
    channel,
    put(block, bytes, dueMs) {
      const putting = last.then(() => put(block, bytes, dueMs));
      last = putting;
      return putting;
    },
    expect: (block, dueMs) => shelf.expect(block, dueMs, clock.now()),
    async read(key) {
      const held = shelf.find(key);
      try {
        return held && (await folder.read(held.path));
      } catch (error) {
        if (systemCodeOf(error) === 'ENOENT') return undefined;
        throw error;
      }
    },
    get waiting() {
      return shelf.waiting;
    },
    get bytesHeld() {
      return shelf.bytesHeld;
    },
    shown: () => shelf.shown(),
    asked: player => shelf.asked(player),
    fetched: (player, number) => shelf.fetched(player, number),
    leaveOut: key => shelf.leaveOut(key),
    async [Symbol.asyncDispose]() {
      clearInterval(looking);
      await last;
      await Promise.all(removals);
      await folder[Symbol.asyncDispose]();
    },
  };

  async function put(block: ArrivedBlock, bytes: Uint8Array, dueMs: number): Promise<Arrival | 'unstored'> {
    const { key, number } = block;
    const sizeBytes = bytes.byteLength;
    discarded = 0;
    look();
    const admitted = shelf.admit({ key, sizeBytes });
    if (admitted === 'refused') doWithout(block, dueMs, 'no_room');
    if (admitted !== 'wanted') return admitted;
    if (discarded === 0) hasRoom = true;
    await Promise.all(removals);
    let path: string;
    try {
      path = await folder.write(number, bytes);
    } catch (error) {
      doWithout(block, dueMs, systemCodeOf(error) ?? toVideoError(error).code);
      return 'unstored';
    }
    if (!isStoring) log.info('live.stored', { channel, number });
    isStoring = true;
    return shelf.add({ ...block, sizeBytes, path }, dueMs, clock.now());
  }

  function tellMissed({ stream, first, last }: MissedBlocks): void {
    log[shortfall.isThere ? 'debug' : 'warn']('live.missed', { channel, first, last });
    let lacking = 0;
    for (let number = first; number <= last; number += 1) if (!unstored.delete(`${stream}-${number}`)) lacking += 1;
    if (shortfall.missed(lacking)) log.warn('live.short', { channel });
  }

  function doWithout(block: ArrivedBlock, dueMs: number, reason: string): void {
    const { stream, number } = block;
    if (isStoring) log.warn('live.unstored', { channel, number, reason });
    isStoring = false;
    unstored.add(`${stream}-${number}`);
    shelf.expect(block, dueMs, clock.now());
  }

  /** What cannot be removed now goes with the folder. */
  function remove(path: string): void {
    const removal: Promise<void> = folder
      .remove(path)
      .catch(() => undefined)
      .finally(() => removals.delete(removal));
    removals.add(removal);
  }
}
