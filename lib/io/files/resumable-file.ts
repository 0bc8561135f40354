import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCodeOf, toDiskError, VideoError } from '../../base/errors.ts';
import { MIB } from '../../base/units.ts';
import type { FilePlan } from '../../domain/download/file-plan.ts';
import type { Sink } from '../../domain/download/sink.ts';
import { partRange } from '../../domain/manifest.ts';
import { syncFolder } from './atomic-write.ts';
import { appendRecord, openJournal, readJournal } from './part-journal.ts';
import { PartCheck } from './part-check.ts';
import { pooledWriter, threadWriter, type PartWriter } from './part-writer.ts';
import { lockForProcess } from './process-lock.ts';
import { renameToNew } from './rename-to-new.ts';

export interface ResumableFileOptions {
  readonly manifest: FilePlan;
  readonly finalPath: string;
  readonly partialPath: string;
  /** The finished file is synced to the disk before it is visible: what a replica needs, and a plain download not. */
  readonly isDurable?: boolean;
  /** What stands under `finalPath` is replaced, in one step, unless this throws, which is asked right before; without it the name has to be free. */
  readonly assertReplaceable?: () => Promise<void>;
  /** How much work a crash may cost; syncing slows a disk down. */
  readonly syncEveryMs?: number;
  readonly signal?: AbortSignal;
}

const SYNC_EVERY_MS = 5000;
const WORTH_A_THREAD_BYTES = 32 * MIB;

/**
 * A file that survives its process: verified parts go to their offsets in `partialPath`, `partialPath.journal` says
 * which of them were synced, and the final name appears when all are there.
 *
 * Opening looks at what an earlier run left: parts in the journal are trusted, whatever else is there is hashed again.
 *
 * @throws VideoError `path_in_use`, `output_exists`, `disk_full`, `path_not_writable`; or the signal's reason
 */
export async function openResumableFile(options: ResumableFileOptions): Promise<Sink> {
  const { manifest, finalPath, partialPath, isDurable = false, assertReplaceable, syncEveryMs = SYNC_EVERY_MS, signal } = options;
  if (!assertReplaceable) await assertFree(finalPath);
  const lock = await lockForProcess(`${partialPath}.lock`);
  const journalPath = `${partialPath}.journal`;
  let file: FileHandle | undefined;
  let journal: FileHandle | undefined;
  try {
    // Without a journal of this very file, older bytes may belong to another one; hashing tells.
    const trusted = (await readJournal(journalPath, manifest)) ?? new Set();
    file = await openForUpdate(partialPath);
    const present = await findParts(file, manifest, trusted, signal);
    const unsynced = [...present].filter(part => !trusted.has(part));
    journal = await openJournal(journalPath, manifest, [...present].filter(part => trusted.has(part)));
    await file.truncate(manifest.sizeBytes);
    return new ResumableFile({ manifest, finalPath, partialPath, journalPath, isDurable, assertReplaceable, syncEveryMs, present, unsynced, file, journal, lock });
  } catch (error) {
    await file?.close();
    await journal?.close();
    await lock[Symbol.asyncDispose]();
    throw toDiskError(error, partialPath);
  }
}

interface OpenedFile {
  readonly manifest: FilePlan;
  readonly finalPath: string;
  readonly partialPath: string;
  readonly journalPath: string;
  readonly isDurable: boolean;
  readonly assertReplaceable: (() => Promise<void>) | undefined;
  readonly syncEveryMs: number;
  readonly present: ReadonlySet<number>;
  /** Parts that were found whole but that no journal vouches for yet. */
  readonly unsynced: readonly number[];
  readonly file: FileHandle;
  readonly journal: FileHandle;
  readonly lock: AsyncDisposable;
}

class ResumableFile implements Sink {
  readonly present: ReadonlySet<number>;
  readonly #opened: OpenedFile;
  readonly #writer: PartWriter;
  #unsynced: number[];
  #syncing: Promise<unknown> = Promise.resolve();
  /** The system says once that it could not write something; what it was, nobody knows. */
  #lost: unknown;
  #syncedAtMs = performance.now();
  #isClosed = false;

  constructor(opened: OpenedFile) {
    this.#opened = opened;
    this.present = opened.present;
    this.#unsynced = [...opened.unsynced];
    const isWorthAThread = opened.manifest.sizeBytes >= WORTH_A_THREAD_BYTES;
    this.#writer = (isWorthAThread ? threadWriter : pooledWriter)(opened.file);
  }

  async write(part: number, offset: number, bytes: Uint8Array): Promise<void> {
    const { manifest, partialPath } = this.#opened;
    try {
      this.#throwIfLost();
      await this.#writer.write(bytes, partRange(manifest, part).start + offset);
    } catch (error) {
      throw toDiskError(error, partialPath);
    }
  }

  async verify(part: number): Promise<boolean> {
    const { manifest, partialPath, file } = this.#opened;
    try {
      return manifest.partHashes[part] === undefined || (await new PartCheck(file, manifest).isRight(part));
    } catch (error) {
      throw toDiskError(error, partialPath);
    }
  }

  async keep(part: number): Promise<void> {
    this.#unsynced.push(part);
    if (performance.now() - this.#syncedAtMs < this.#opened.syncEveryMs) return;
    this.#syncedAtMs = performance.now();
    this.#syncing = this.#syncing.then(() => this.#sync()).catch(() => undefined);
  }

  /** Every write has resolved before. */
  async finish(): Promise<void> {
    const { finalPath, partialPath, journalPath, isDurable, assertReplaceable, file } = this.#opened;
    await this.#syncing;
    try {
      this.#throwIfLost();
      if (isDurable) await file.sync();
      await assertReplaceable?.();
      await (assertReplaceable ? rename : renameToNew)(partialPath, finalPath);
      if (isDurable) await syncFolder(dirname(finalPath));
    } catch (error) {
      throw toDiskError(error, finalPath);
    }
    this.#unsynced = [];
    await rm(journalPath, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { file, journal, lock } = this.#opened;
    await this.#writer[Symbol.asyncDispose]();
    await this.#syncing;
    // What cannot be synced now is hashed again by the next run.
    await this.#sync().catch(() => undefined);
    await file.close();
    await journal.close();
    await lock[Symbol.asyncDispose]();
  }

  /** Bytes first, then the journal that vouches for them. */
  async #sync(): Promise<void> {
    const parts = this.#unsynced;
    if (parts.length === 0 || this.#lost !== undefined) return;
    this.#unsynced = [];
    try {
      await this.#opened.file.datasync();
    } catch (error) {
      this.#lost = error;
      throw error;
    }
    try {
      await appendRecord(this.#opened.journal, parts);
    } catch (error) {
      this.#unsynced = [...parts, ...this.#unsynced];
      throw error;
    }
  }

  #throwIfLost(): void {
    if (this.#lost !== undefined) throw this.#lost;
  }
}

async function openForUpdate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
    return open(path, 'w+');
  }
}

/** Parts whose bytes are in the file: the trusted ones unread, the others by their hash. */
async function findParts(
  file: FileHandle,
  plan: FilePlan,
  trusted: ReadonlySet<number>,
  signal: AbortSignal | undefined,
): Promise<Set<number>> {
  const { size } = await file.stat();
  const present = new Set<number>();
  if (size === 0) return present;
  const check = new PartCheck(file, plan);
  for (const part of plan.partHashes.keys()) {
    signal?.throwIfAborted();
    if (partRange(plan, part).end > size) break;
    if (trusted.has(part) || (!(await check.isHole(part)) && (await check.isRight(part)))) present.add(part);
  }
  return present;
}

/** @throws VideoError `output_exists` when anything has that name; what the disk says when it cannot be looked at */
export async function assertFree(path: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    // Whoever makes the folder tells what is wrong with it.
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR') return;
    throw toDiskError(error, path);
  }
  throw new VideoError('output_exists', { path });
}
