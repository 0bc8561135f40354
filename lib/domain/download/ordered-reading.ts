import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { MIB, SECOND_MS } from '../../base/units.ts';
import { partRange, type Manifest } from '../manifest.ts';
import { download } from './download.ts';
import { KeptParts } from './kept-parts.ts';
import type { PartMemory } from './part-memory.ts';
import type { Sink } from './sink.ts';
import type { ExpectedRates } from './source-history.ts';
import type { Source } from './source.ts';

/** What the readers of a program share. */
export interface ReadAhead {
  /** They may hold so much of their files at once, apart from a part or two that each of them needs. */
  readonly budgetBytes: number;
  readonly memory: PartMemory;
  /** How many readers there are; each counts itself. */
  readers: number;
}

export interface OrderedReadingPorts {
  readonly manifest: Manifest;
  /** Those that can be asked now. They stay the caller's to dispose. */
  readonly sources: () => Promise<readonly Source[]>;
  readonly readAhead: ReadAhead;
  readonly clock: Clock;
  readonly random: Random;
}

/** Of parts that come together at most: what follows comes while these are read. */
const WINDOW_MAX_BYTES = 4 * MIB;
/** A window that is read, and the next, which comes meanwhile. */
const WINDOWS_A_READER = 2;
/** Who watches has given up by then, or asks again. */
const PATIENCE_MS = 20 * SECOND_MS;
/** While a window does not come, somebody may have joined who has it. */
const SOURCES_EVERY_MS = SECOND_MS;
/** So much, or one part, is asked of one source: several would race for it, and what comes twice is work for nothing. */
const SMALL_BYTES = MIB;
/** Unless it has not come by then. */
const OTHERS_AFTER_MS = 50;

/**
 * A file that is read from somewhere on to its end, and of which little is kept: the engine brings a few parts at a time,
 * verified, from whoever has them, and the next few while these are read. A source that fails costs the reader nothing.
 */
export class OrderedReading implements AsyncDisposable {
  readonly #ports: OrderedReadingPorts;
  readonly #running = new Set<Promise<void>>();
  /** In the order of the file, without a gap. */
  #windows: Window[] = [];
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
      const { start } = partRange(manifest, part);
      const bytes = (await this.#bytesOf(part, endPart, signal)).subarray(at - start, end - start);
      buffer.set(bytes, at - position);
      at += bytes.byteLength;
    }
    return Math.max(0, end - position);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ports.readAhead.readers -= 1;
    for (const window of this.#windows) window.leave();
    await Promise.all(this.#running);
  }

  /** Those up to `endPart` are going to be asked for as well. */
  async #bytesOf(part: number, endPart: number, signal: AbortSignal): Promise<Uint8Array> {
    const at = this.#windows.findIndex(window => window.has(part));
    // What was read is over, and after a jump so is what was to come.
    for (const window of this.#windows.splice(0, at === -1 ? this.#windows.length : at)) window.leave();
    const window = this.#windows[0] ?? this.#open(part, endPart - part);
    // Players ask for a few bytes here and there before they play; who reads on wants more.
    if (this.#reads > 1 && this.#windows.length < WINDOWS_A_READER) this.#openNext(window);
    return window.bytesOf(part, signal);
  }

  #openNext({ end }: Window): void {
    const { manifest, readAhead } = this.#ports;
    if (end >= manifest.partHashes.length) return;
    const shareBytes = readAhead.budgetBytes / (readAhead.readers * WINDOWS_A_READER);
    // Who has jumped may soon jump again, and then what was on its way was for nothing.
    const aheadBytes = Math.min(WINDOW_MAX_BYTES, shareBytes, 2 * this.#readBytes);
    this.#open(end, Math.max(1, Math.floor(aheadBytes / manifest.partSizeBytes)));
  }

  #open(first: number, count: number): Window {
    const end = Math.min(first + count, this.#ports.manifest.partHashes.length);
    const window = new Window(first, end, this.#ports);
    this.#windows.push(window);
    const running = window.fetch(this.#ports, this.#rates).then(rates => {
      this.#rates = new Map([...this.#rates, ...rates]);
      this.#running.delete(running);
    });
    this.#running.add(running);
    return window;
  }
}

/** Consecutive parts, half-open, on their way or here. Every other part of the file counts as there. */
class Window implements Sink {
  readonly end: number;
  readonly present: ReadonlySet<number>;
  readonly #first: number;
  readonly #manifest: Manifest;
  readonly #memory: PartMemory;
  readonly #over = new AbortController();
  readonly #here = new KeptParts([]);
  readonly #bytes = new Map<number, Uint8Array>();
  #failure: VideoError | undefined;
  #hasEnded = false;
  #isLeft = false;

  constructor(first: number, end: number, { manifest, readAhead }: OrderedReadingPorts) {
    this.#first = first;
    this.end = end;
    this.#manifest = manifest;
    this.#memory = readAhead.memory;
    this.present = new Set([...manifest.partHashes.keys()].filter(part => !this.has(part)));
  }

  has(part: number): boolean {
    return part >= this.#first && part < this.end;
  }

  /** Resolves when nothing more comes, with the rates that were measured. */
  async fetch({ manifest, sources, clock, random }: OrderedReadingPorts, expectedRates: ExpectedRates): Promise<ExpectedRates> {
    const { signal } = this.#over;
    const isSmall = (this.end - this.#first) * manifest.partSizeBytes <= Math.max(manifest.partSizeBytes, SMALL_BYTES);
    const firstAsked = (all: readonly Source[]) => this.#firstAsked(all, expectedRates, random);
    const feed = async function* () {
      if (isSmall) {
        yield firstAsked(await sources());
        await clock.sleep(OTHERS_AFTER_MS, { signal });
      }
      for (;;) {
        yield await sources();
        await clock.sleep(SOURCES_EVERY_MS, { signal });
      }
    };
    const result = await download(manifest, feed(), this, { clock, random, signal, patienceMs: PATIENCE_MS, expectedRates });
    this.#failure = result.error;
    this.#here.end();
    // The feed sleeps no longer.
    this.#over.abort(new VideoError('cancelled', {}));
    this.#hasEnded = true;
    this.#giveBack();
    return new Map(result.sources.flatMap(({ id, rate }) => (rate > 0 ? [[id, rate]] : [])));
  }

  /** The fastest that is known, or anyone; none, when nobody has all of it. */
  #firstAsked(sources: readonly Source[], rates: ExpectedRates, random: Random): readonly Source[] {
    const whole = sources.filter(({ lacks = [] }) => ![...lacks].some(part => this.has(part)));
    const known = whole.toSorted((a, b) => (rates.get(b.id) ?? 0) - (rates.get(a.id) ?? 0))[0];
    const asked = known && rates.has(known.id) ? known : whole[Math.floor(random() * whole.length)];
    return asked ? [asked] : [];
  }

  /** Nobody reads it any more. */
  leave(): void {
    this.#over.abort(new VideoError('cancelled', {}));
    this.#isLeft = true;
    this.#giveBack();
  }

  async bytesOf(part: number, signal: AbortSignal): Promise<Uint8Array> {
    await this.#here.whenHere(part, { signal }).catch((error: unknown) => {
      throw this.#failure ?? error;
    });
    const bytes = this.#bytes.get(part);
    if (!bytes) throw new VideoError('cancelled', {});
    return bytes;
  }

  async write(part: number, offset: number, bytes: Uint8Array): Promise<void> {
    this.#memoryOf(part).set(bytes, offset);
  }

  async verify(part: number): Promise<boolean> {
    return createHash('sha256').update(this.#memoryOf(part)).digest('hex') === this.#manifest.partHashes[part];
  }

  async keep(part: number): Promise<void> {
    this.#here.add(part);
  }

  async finish(): Promise<void> {
    // What was kept is what there is.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
  }

  /** Until the engine has ended it may write. */
  #giveBack(): void {
    if (!this.#hasEnded || !this.#isLeft) return;
    for (const bytes of this.#bytes.values()) this.#memory.give(bytes);
    this.#bytes.clear();
  }

  #memoryOf(part: number): Uint8Array {
    const { start, end } = partRange(this.#manifest, part);
    const bytes = this.#bytes.get(part) ?? this.#memory.take(end - start);
    this.#bytes.set(part, bytes);
    return bytes;
  }
}
