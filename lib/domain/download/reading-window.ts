import type { Clock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { MIB, SECOND_MS } from '../../base/units.ts';
import { partRange, type Manifest } from '../manifest.ts';
import { download } from './download.ts';
import { FileSection } from './file-section.ts';
import { KeptParts } from './kept-parts.ts';
import type { PartRoom, PartRooms } from './part-rooms.ts';
import type { Sink } from './sink.ts';
import type { ExpectedRates } from './source-history.ts';
import type { Source } from './source.ts';

export interface WindowPorts {
  readonly manifest: Manifest;
  /** Those that can be asked now. They stay the caller's to dispose. */
  readonly sources: () => Promise<readonly Source[]>;
  readonly rooms: PartRooms;
  readonly clock: Clock;
  readonly random: Random;
}

/** Who watches has given up by then, or asks again. */
const PATIENCE_MS = 20 * SECOND_MS;
/** While a window does not come, somebody may have joined who has it. */
const SOURCES_EVERY_MS = SECOND_MS;
/** So much, or one part, is asked of one source: several would race for it, and what comes twice is work for nothing. */
const SMALL_BYTES = MIB;
/** Unless it has not come by then. */
const OTHERS_AFTER_MS = 50;

/** Consecutive parts of a file, half-open, on their way or here: brought by the engine as if they were a file of their own. */
export class ReadingWindow {
  readonly end: number;
  readonly #first: number;
  readonly #ports: WindowPorts;
  readonly #section: FileSection;
  readonly #over = new AbortController();
  readonly #here = new KeptParts([]);
  /** By the number that a part has in the section. */
  readonly #rooms = new Map<number, PartRoom>();
  #failure: VideoError | undefined;
  #hasEnded = false;
  #isLeft = false;

  constructor(first: number, end: number, ports: WindowPorts) {
    this.#first = first;
    this.end = end;
    this.#ports = ports;
    this.#section = new FileSection(ports.manifest, first, end);
  }

  has(part: number): boolean {
    return part >= this.#first && part < this.end;
  }

  /** Resolves when nothing more comes, with the rates that were measured. */
  async fetch(expectedRates: ExpectedRates): Promise<ExpectedRates> {
    const { clock, random } = this.#ports;
    const { signal } = this.#over;
    const options = { clock, random, signal, patienceMs: PATIENCE_MS, expectedRates };
    const result = await download(this.#section.plan, this.#feed(expectedRates), this.#sink(), options);
    this.#failure = result.error;
    this.#here.end();
    // The feed sleeps no longer.
    this.#over.abort(new VideoError('cancelled', {}));
    this.#hasEnded = true;
    this.#giveBack();
    return new Map(result.sources.flatMap(({ id, rate }) => (rate > 0 ? [[id, rate]] : [])));
  }

  /** Nobody reads it any more. */
  leave(): void {
    this.#over.abort(new VideoError('cancelled', {}));
    this.#isLeft = true;
    this.#giveBack();
  }

  /**
   * Where the bytes of a part are, once they are here and right; until the window is left.
   *
   * @throws VideoError what the engine gave up for; `cancelled`; the signal's reason
   */
  async roomOf(part: number, signal: AbortSignal): Promise<PartRoom> {
    const inSection = part - this.#first;
    await this.#here.whenHere(inSection, { signal }).catch((error: unknown) => {
      throw this.#failure ?? error;
    });
    const room = this.#rooms.get(inSection);
    if (!room) throw new VideoError('cancelled', {});
    return room;
  }

  async *#feed(rates: ExpectedRates): AsyncGenerator<readonly Source[]> {
    const { clock, sources } = this.#ports;
    const { signal } = this.#over;
    const { partSizeBytes, sizeBytes } = this.#section.plan;
    const all = async () => (await sources()).map(source => this.#section.of(source));
    if (sizeBytes <= Math.max(partSizeBytes, SMALL_BYTES)) {
      yield this.#firstAsked(await all(), rates);
      await clock.sleep(OTHERS_AFTER_MS, { signal });
    }
    for (;;) {
      yield await all();
      await clock.sleep(SOURCES_EVERY_MS, { signal });
    }
  }

  /** The fastest that is known, or anyone; none, when nobody has all of it. */
  #firstAsked(sources: readonly Source[], rates: ExpectedRates): readonly Source[] {
    const whole = sources.filter(({ lacks }) => !lacks || lacks.size === 0);
    const known = whole.toSorted((a, b) => (rates.get(b.id) ?? 0) - (rates.get(a.id) ?? 0))[0];
    const asked = known && rates.has(known.id) ? known : whole[Math.floor(this.#ports.random() * whole.length)];
    return asked ? [asked] : [];
  }

  #sink(): Sink {
    return {
      present: new Set(),
      write: (part, offset, bytes) => this.#take(part).write(offset, bytes),
      verify: async part => (await this.#take(part).digest()) === this.#section.plan.partHashes[part],
      keep: async part => this.#here.add(part),
      finish: async () => {
        // What was kept is what there is.
      },
      [Symbol.asyncDispose]: async () => this.leave(),
    };
  }

  #take(part: number): PartRoom {
    const { start, end } = partRange(this.#section.plan, part);
    const room = this.#rooms.get(part) ?? this.#ports.rooms.take(end - start);
    this.#rooms.set(part, room);
    return room;
  }

  /** Until the engine has ended it may write. */
  #giveBack(): void {
    if (!this.#hasEnded || !this.#isLeft) return;
    for (const room of this.#rooms.values()) room.release();
    this.#rooms.clear();
  }
}
