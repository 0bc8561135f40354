import { MIB } from '../../base/units.ts';
import { partRange } from '../manifest.ts';
import type { PartRoom, PartRooms } from './part-rooms.ts';
import { ReadingWindow, type WindowPorts } from './reading-window.ts';
import type { ExpectedRates } from './source-history.ts';

/** What the readers of a program share. */
export interface ReadAhead {
  /** They may hold so much of their files at once, apart from a part or two that each of them needs. */
  readonly budgetBytes: number;
  /** Where they hold it. */
  readonly rooms: PartRooms;
  /** How many readers there are; each counts itself. */
  readers: number;
}

export interface OrderedReadingPorts extends Omit<WindowPorts, 'rooms'> {
  readonly readAhead: ReadAhead;
}

/** Of parts that come together at most: what follows comes while these are read. */
const WINDOW_MAX_BYTES = 4 * MIB;
/** A window that is read, and the next, which comes meanwhile. */
const WINDOWS_A_READER = 2;

/**
 * A file that is read from somewhere on to its end, and of which little is kept: the engine brings a few parts at a time,
 * verified, from whoever has them, and the next few while these are read. A source that fails costs the reader nothing.
 */
export class OrderedReading implements AsyncDisposable {
  readonly #ports: OrderedReadingPorts;
  readonly #running = new Set<Promise<void>>();
  /** In the order of the file, without a gap. */
  #windows: ReadingWindow[] = [];
  #reads = 0;
  #readBytes = 0;
  #rates: ExpectedRates = new Map();

  constructor(ports: OrderedReadingPorts) {
    this.#ports = ports;
    ports.readAhead.readers += 1;
  }

  /**
   * Fills `buffer` from `position` on, and tells how many bytes came: fewer only at the end of the file. One read at a time.
   *
   * @throws VideoError `no_sources` when nobody gives the bytes; the signal's reason
   */
  async read(buffer: Uint8Array, position: number, { signal }: { readonly signal: AbortSignal }): Promise<number> {
    const { manifest } = this.#ports;
    const end = Math.min(position + buffer.byteLength, manifest.sizeBytes);
    this.#reads += 1;
    this.#readBytes += Math.max(0, end - position);
    const endPart = Math.ceil(end / manifest.partSizeBytes);
    for (let at = position; at < end; ) {
      const part = Math.floor(at / manifest.partSizeBytes);
      const { start, end: partEnd } = partRange(manifest, part);
      const until = Math.min(partEnd, end);
      const room = await this.#roomOf(part, endPart, signal);
      await room.read(buffer.subarray(at - position, until - position), at - start);
      at = until;
    }
    return Math.max(0, end - position);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ports.readAhead.readers -= 1;
    for (const window of this.#windows) window.leave();
    await Promise.all(this.#running);
  }

  /** Those up to `endPart` are going to be asked for as well. */
  async #roomOf(part: number, endPart: number, signal: AbortSignal): Promise<PartRoom> {
    const at = this.#windows.findIndex(window => window.has(part));
    // What was read is over, and after a jump so is what was to come.
    for (const window of this.#windows.splice(0, at === -1 ? this.#windows.length : at)) window.leave();
    const window = this.#windows[0] ?? this.#open(part, endPart - part);
    // Players ask for a few bytes here and there before they play; who reads on wants more.
    if (this.#reads > 1 && this.#windows.length < WINDOWS_A_READER) this.#openNext(window);
    return window.roomOf(part, signal);
  }

  #openNext({ end }: ReadingWindow): void {
    const { manifest, readAhead } = this.#ports;
    if (end >= manifest.partHashes.length) return;
    const shareBytes = readAhead.budgetBytes / (readAhead.readers * WINDOWS_A_READER);
    // Who has jumped may soon jump again, and then what was on its way was for nothing.
    const aheadBytes = Math.min(WINDOW_MAX_BYTES, shareBytes, 2 * this.#readBytes);
    this.#open(end, Math.max(1, Math.floor(aheadBytes / manifest.partSizeBytes)));
  }

  #open(first: number, count: number): ReadingWindow {
    const { readAhead: { rooms }, ...ports } = this.#ports;
    const end = Math.min(first + count, ports.manifest.partHashes.length);
    const window = new ReadingWindow(first, end, { ...ports, rooms });
    this.#windows.push(window);
    const running = window.fetch(this.#rates).then(rates => {
      this.#rates = new Map([...this.#rates, ...rates]);
      this.#running.delete(running);
    });
    this.#running.add(running);
    return window;
  }
}
