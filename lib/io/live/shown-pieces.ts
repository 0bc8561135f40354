import { createHash } from 'node:crypto';
import { toVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { MIB } from '../../base/units.ts';
import type { Piece, PieceMaker } from '../../domain/live/piece.ts';
import type { ShelfBlock } from '../../domain/live/shelf-block.ts';
import { targetDurationFor, type LivePlaylist } from '../../protocol/live-playlist.ts';
import type { StoredShelf } from './stored-shelf.ts';

/** About a minute of a channel. */
const CACHE_BYTES = 64 * MIB;
/** Inits that are not listed any more, for who reads a list of before. */
const OLD_INITS = 16;
/** Blocks are of about 2 s, sometimes of more. */
const TARGET_MIN_S = 4;

/** What is known of a piece that was made, also when it is not in memory any more. */
interface PieceFacts {
  readonly init: number;
  /** On the player's clock, which goes on whatever was missed. */
  readonly startMs: number;
  readonly durationMs: number;
}

interface Init {
  readonly bytes: Uint8Array;
  readonly digest: string;
}

export interface ShownPiecesOptions {
  readonly pieces: PieceMaker;
  readonly log: Log;
  /** Nothing is made any more when it aborts. */
  readonly signal: AbortSignal;
  readonly cacheBytes?: number;
}

/** Pieces of what a shelf shows, made when players ask for them, each once while it is remembered. */
export class ShownPieces {
  readonly #shelf: StoredShelf;
  readonly #options: ShownPiecesOptions;
  readonly #facts = new Map<string, PieceFacts>();
  readonly #inits = new Map<number, Init>();
  /** By key, those that were asked for last behind. */
  readonly #cache = new Map<string, Piece>();
  readonly #making = new Map<string, Promise<Piece | undefined>>();
  #cacheBytes = 0;
  #lastInit = 0;
  /** Where the last one ends that was made for the first time. */
  #endMs = 0;
  #targetDurationS = TARGET_MIN_S;
  /** A film of which nothing can be shown is told of once, not with each block. */
  #isPlayable = true;

  constructor(shelf: StoredShelf, options: ShownPiecesOptions) {
    this.#shelf = shelf;
    this.#options = options;
  }

  /** What a player may ask for now. Blocks are listed once they are pieces; those that cannot be are left out. @throws the signal's reason */
  async list(): Promise<LivePlaylist> {
    await this.#makeAll();
    const { entries, ...numbers } = this.#shelf.shown();
    this.#forget(new Set(entries.map(({ item }) => item.key)));
    const end = entries.findIndex(({ item }) => !this.#facts.has(item.key));
    const known = end === -1 ? entries : entries.slice(0, end);
    const listed = known.map(({ item, isDiscontinuity }) => ({ ...this.#facts.get(item.key)!, isDiscontinuity }));
    // A block that is longer than all before has to be listed all the same: players take that better than a hole in the film.
    this.#targetDurationS = Math.max(this.#targetDurationS, ...listed.map(({ durationMs }) => targetDurationFor(durationMs)));
    return { ...numbers, targetDurationS: this.#targetDurationS, entries: listed };
  }

  /** The piece that is listed under that number; undefined when it is not. @throws the signal's reason */
  async find(number: number): Promise<Piece | undefined> {
    const { mediaSequence, entries } = this.#shelf.shown();
    const block = entries[number - mediaSequence]?.item;
    return block && this.#facts.has(block.key) ? this.#pieceOf(block, number) : undefined;
  }

  findInit(number: number): Uint8Array | undefined {
    return this.#inits.get(number)?.bytes;
  }

  /** One after another, because each begins where the one before it ends. */
  async #makeAll(): Promise<void> {
    const isNew = ({ key }: ShelfBlock) => !this.#facts.has(key);
    for (const { item } of this.#shelf.shown().entries) {
      const { mediaSequence, entries } = this.#shelf.shown();
      const at = entries.findIndex(entry => entry.item.key === item.key);
      if (at !== -1 && isNew(item)) await this.#pieceOf(item, mediaSequence + at);
    }
  }

  async #pieceOf(block: ShelfBlock, shownNumber: number): Promise<Piece | undefined> {
    const { key } = block;
    const cached = this.#cache.get(key);
    if (cached) {
      this.#cache.delete(key);
      this.#cache.set(key, cached);
      return cached;
    }
    const making = this.#making.get(key) ?? this.#make(block, shownNumber).finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  /** Undefined for a block that is gone, or that no piece can be made of. */
  async #make({ key, number }: ShelfBlock, shownNumber: number): Promise<Piece | undefined> {
    const { pieces, log, signal } = this.#options;
    try {
      signal.throwIfAborted();
      const bytes = await this.#shelf.read(key);
      // Gone meanwhile, or somebody removed the file.
      if (!bytes) {
        this.#leaveOut(key);
        return undefined;
      }
      const startMs = this.#facts.get(key)?.startMs ?? this.#endMs;
      const piece = await pieces.makePiece(bytes, { number: shownNumber, startMs, signal });
      this.#remember(key, piece, startMs);
      this.#isPlayable = true;
      return piece;
    } catch (error) {
      if (signal.aborted) throw error;
      if (this.#isPlayable) log.warn('live.unplayable', { channel: this.#shelf.channel, number, reason: toVideoError(error).code });
      this.#isPlayable = false;
      this.#leaveOut(key);
      return undefined;
    }
  }

  /** Only what no player was told of can be. */
  #leaveOut(key: string): void {
    if (!this.#facts.has(key)) this.#shelf.leaveOut(key);
  }

  #remember(key: string, piece: Piece, startMs: number): void {
    const { durationMs } = piece;
    if (!this.#facts.has(key)) {
      this.#facts.set(key, { init: this.#initOf(piece.init), startMs, durationMs });
      this.#endMs = startMs + durationMs;
    }
    this.#cache.set(key, piece);
    this.#cacheBytes += sizeOf(piece);
    for (const oldest of this.#cache.keys()) {
      if (this.#cacheBytes <= (this.#options.cacheBytes ?? CACHE_BYTES) || oldest === key) break;
      this.#uncache(oldest);
    }
  }

  #uncache(key: string): void {
    this.#cacheBytes -= sizeOf(this.#cache.get(key)!);
    this.#cache.delete(key);
  }

  /** The same number while it is the same as the last one. */
  #initOf(bytes: Uint8Array): number {
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (this.#inits.get(this.#lastInit)?.digest === digest) return this.#lastInit;
    this.#lastInit += 1;
    this.#inits.set(this.#lastInit, { bytes, digest });
    return this.#lastInit;
  }

  #forget(shown: ReadonlySet<string>): void {
    for (const key of this.#facts.keys()) if (!shown.has(key)) this.#facts.delete(key);
    for (const key of this.#cache.keys()) if (!shown.has(key)) this.#uncache(key);
    const listed = new Set([...this.#facts.values()].map(({ init }) => init));
    const old = [...this.#inits.keys()].filter(number => !listed.has(number) && number !== this.#lastInit);
    for (const number of old.slice(0, Math.max(0, old.length - OLD_INITS))) this.#inits.delete(number);
  }
}

function sizeOf({ media, init }: Piece): number {
  return media.byteLength + init.byteLength;
}
