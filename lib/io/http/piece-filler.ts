import { createHash, type Hash } from 'node:crypto';
import { SECOND_MS } from '../../base/units.ts';
import { nodeHashName } from '../../domain/checksum.ts';
import type { FilePlan } from '../../domain/download/file-plan.ts';
import type { PartReceiver, PartRun } from '../../domain/download/source.ts';
import { partRange } from '../../domain/manifest.ts';
import type { PieceSlot, PieceSlots } from './parts/piece-slots.ts';

/** Who waits for memory tells so this often: it is not silent. */
const STILL_HERE_MS = SECOND_MS / 2;

/**
 * Collects the bytes of a run, in order, into pieces, and gives each that is full to the receiver; with the last one of
 * a part, the hash of the part. When no memory is free whoever brings bytes waits: this is the back-pressure.
 */
export class PieceFiller {
  readonly #plan: FilePlan;
  readonly #slots: PieceSlots;
  readonly #receiver: PartReceiver;
  readonly #end: number;
  #part: number;
  /** Bytes of the part that were given. */
  #offset = 0;
  #hash: Hash | undefined;
  #slot: PieceSlot | undefined;
  /** Bytes that are in the slot. */
  #filled = 0;

  constructor(plan: FilePlan, slots: PieceSlots, run: PartRun, receiver: PartReceiver) {
    this.#plan = plan;
    this.#slots = slots;
    this.#receiver = receiver;
    this.#part = run.first;
    this.#end = run.first + run.count;
    this.#beginPart(run.from);
  }

  /** Every part of the run was given. */
  get isComplete(): boolean {
    return this.#part === this.#end;
  }

  /** Takes what belongs to the run; resolves with what comes behind it. Rejects with the signal's reason. */
  async take(bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    let rest = bytes;
    while (rest.byteLength > 0 && !this.isComplete) {
      this.#slot ??= await this.#takeSlot(signal);
      const room = Math.min(this.#slot.bytes.byteLength - this.#filled, this.#missingBytes());
      const taken = rest.subarray(0, room);
      this.#slot.bytes.set(taken, this.#filled);
      this.#hash?.update(taken);
      this.#filled += taken.byteLength;
      this.#receiver.onBytes(taken.byteLength);
      rest = rest.subarray(taken.byteLength);
      if (taken.byteLength === room) this.#give(this.#slot);
    }
    return rest;
  }

  /** Gives back the memory of a piece that will not be full. */
  drop(): void {
    if (this.#slot) this.#slots.release(this.#slot.index);
    this.#slot = undefined;
  }

  #give({ index, bytes: memory }: PieceSlot): void {
    const piece = { part: this.#part, offset: this.#offset, bytes: memory.subarray(0, this.#filled), release: () => this.#slots.release(index) };
    this.#slot = undefined;
    this.#offset += this.#filled;
    this.#filled = 0;
    if (this.#missingBytes() > 0) {
      this.#receiver.onPiece(piece);
      return;
    }
    const hash = this.#hash?.digest('hex');
    this.#part += 1;
    this.#beginPart();
    this.#receiver.onPiece({ ...piece, completes: { hash } });
  }

  #beginPart(from?: number): void {
    this.#offset = from ?? 0;
    const { partHashes, partAlgorithm = 'sha-256' } = this.#plan;
    const isHashable = from === undefined && partHashes[this.#part] !== undefined;
    this.#hash = isHashable ? createHash(nodeHashName(partAlgorithm)) : undefined;
  }

  #missingBytes(): number {
    const { start, end } = partRange(this.#plan, this.#part);
    return end - start - this.#offset - this.#filled;
  }

  async #takeSlot(signal: AbortSignal): Promise<PieceSlot> {
    for (;;) {
      signal.throwIfAborted();
      const slot = this.#slots.take();
      if (slot) return slot;
      await this.#slotFreed(signal);
    }
  }

  #slotFreed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      let isWaiting = true;
      const settle = (finish: () => void) => {
        isWaiting = false;
        clearInterval(news);
        signal.removeEventListener('abort', onAbort);
        finish();
      };
      const onAbort = () => settle(() => reject(signal.reason as Error));
      const news = setInterval(() => this.#receiver.onBytes(0), STILL_HERE_MS);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#slots.whenFree(() => {
        if (isWaiting) settle(resolve);
        else this.#passOnMemory();
      });
    });
  }

  /** Whoever waited is gone: the free slot is for the next one. */
  #passOnMemory(): void {
    const slot = this.#slots.take();
    if (slot) this.#slots.release(slot.index);
  }
}
