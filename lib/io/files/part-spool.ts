import { createHash, randomUUID } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { toDiskError, toVideoError, VideoError } from '../../base/errors.ts';
import { KIB } from '../../base/units.ts';
import type { PartRoom, PartRooms } from '../../domain/download/part-rooms.ts';
import { PART_SIZE_MAX_BYTES } from '../../domain/manifest.ts';

const DIGEST_BYTES = 256 * KIB;

/** One open file, and which of its places are free. A place is as large as the largest part; what of it is not used takes no disk. */
interface Spool {
  readonly directory: string;
  readonly opening: Promise<FileHandle>;
  readonly free: number[];
  taken: number;
  placed: number;
}

/**
 * Rooms in a file that has no name: it takes disk while somebody has a room in it, none afterwards, and nothing of it is left
 * when the program is killed.
 */
export class PartSpool implements PartRooms, AsyncDisposable {
  readonly #directory: string;
  readonly #closing = new Set<Promise<void>>();
  #spool: Spool | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  take(sizeBytes: number): PartRoom {
    const spool = (this.#spool ??= this.#open());
    const place = spool.free.pop() ?? spool.placed++;
    spool.taken += 1;
    return new SpooledRoom(spool, place * PART_SIZE_MAX_BYTES, sizeBytes, () => this.#give(spool, place));
  }

  /** Rooms that are still taken are lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    await Promise.all(this.#closing);
  }

  #open(): Spool {
    const opening = openNameless(this.#directory);
    // Whoever writes learns of it.
    opening.catch(() => undefined);
    return { directory: this.#directory, opening, free: [], taken: 0, placed: 0 };
  }

  #give(spool: Spool, place: number): void {
    spool.free.push(place);
    spool.taken -= 1;
    if (spool.taken === 0 && spool === this.#spool) this.#close();
  }

  #close(): void {
    const closing = this.#spool?.opening.then(
      handle => handle.close(),
      () => undefined,
    );
    this.#spool = undefined;
    if (!closing) return;
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }
}

class SpooledRoom implements PartRoom {
  readonly release: () => void;
  readonly #spool: Spool;
  readonly #start: number;
  readonly #sizeBytes: number;
  /** Writes take turns, so that the later one wins. */
  #written: Promise<void> = Promise.resolve();

  constructor(spool: Spool, start: number, sizeBytes: number, release: () => void) {
    this.#spool = spool;
    this.#start = start;
    this.#sizeBytes = sizeBytes;
    this.release = release;
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    const before = this.#written;
    const write = async () => {
      await before.catch(() => undefined);
      const handle = await this.#spool.opening;
      for (let done = 0; done < bytes.byteLength; ) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, this.#start + offset + done);
        done += bytesWritten;
      }
    };
    this.#written = write();
    await this.#written.catch((error: unknown) => {
      throw toVideoError(toDiskError(error, this.#spool.directory));
    });
  }

  async read(buffer: Uint8Array, offset: number): Promise<void> {
    const handle = await this.#spool.opening;
    for (let done = 0; done < buffer.byteLength; ) {
      const { bytesRead } = await handle.read(buffer, done, buffer.byteLength - done, this.#start + offset + done);
      if (bytesRead === 0) throw new VideoError('internal', { reason: 'a part in the spool is shorter than it was' });
      done += bytesRead;
    }
  }

  async digest(): Promise<string> {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(Math.min(DIGEST_BYTES, this.#sizeBytes));
    for (let at = 0; at < this.#sizeBytes; at += DIGEST_BYTES) {
      const bytes = buffer.subarray(0, Math.min(DIGEST_BYTES, this.#sizeBytes - at));
      await this.read(bytes, at);
      hash.update(bytes);
    }
    return hash.digest('hex');
  }
}

async function openNameless(directory: string): Promise<FileHandle> {
  const path = join(directory, `${randomUUID()}.spool`);
  const handle = await open(path, 'wx+', 0o600);
  await unlink(path);
  return handle;
}
