import type { Clock } from '../../base/clock.ts';
import { isVideoError, toVideoError, VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { DAY_MS, MIB, MINUTE_MS } from '../../base/units.ts';
import type { FileContent } from '../../domain/content-hasher.ts';
import type { FinishedUpload, IncomingStore, IncomingUpload, NewUpload, UploadDesk } from '../../domain/incoming-uploads.ts';
import type { FileId } from '../../domain/file.ts';
import type { LocalFolder } from '../../domain/local-folder.ts';
import { fileIdOf, type Manifest } from '../../domain/manifest.ts';
import { limits } from '../../protocol/limits.ts';
import type { Folder } from '../shared-folder/folder.ts';

export interface UploadsPorts {
  readonly store: IncomingStore;
  readonly folder: Folder;
  readonly files: LocalFolder;
  /** The whole file is here: what has its name goes to the trash. @throws VideoError `name_taken`; the central's */
  readonly replace: (file: { readonly id: FileId; readonly name: string; readonly replaces: FileId }, options: { readonly signal: AbortSignal }) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A disk is not filled to its last byte: the index and the journals need to be written too. */
const SPACE_KEPT_BYTES = 64 * MIB;
/** What ended is still known for so long, for a sender that did not hear it; and room is kept for one that fell silent. */
const KEPT_MS = 10 * MINUTE_MS;
/** How often it is looked whether something arrived whole that nobody finished, or was given up. */
const STRANDED_EVERY_MS = MINUTE_MS;
/** Of one whose content only its sender knows: who chose the file in a page comes back to it soon, or not at all. */
const UNKNOWN_KEPT_MS = DAY_MS;

const READING_PATIENCE_MS = MINUTE_MS;
const LOOK_EVERY_MS = 100;

/** An upload as it was when something last happened to it. */
interface Seen {
  readonly upload: IncomingUpload;
  readonly atMs: number;
}

/**
 * Files that people and the central send to this node. They grow beside the folder; one that is whole is read once,
 * compared with what its sender promised, and becomes a file of the folder.
 */
export class Uploads implements UploadDesk {
  readonly #ports: UploadsPorts;
  readonly #running = new Map<string, Seen>();
  readonly #ended = new Map<string, Seen>();
  readonly #finishing = new Map<string, Promise<FinishedUpload>>();
  readonly #stop = new AbortController();

  constructor(ports: UploadsPorts) {
    this.#ports = ports;
  }

  /** What is being received, as the central is told. */
  get running(): readonly IncomingUpload[] {
    return [...this.#forgetSilent(this.#running).values()].map(({ upload }) => upload);
  }

  async begin(upload: NewUpload): Promise<void> {
    const { store, folder, log } = this.#ports;
    const { uploadId, name, fileId, sizeBytes } = upload;
    if (this.#finishing.has(uploadId)) return;
    await this.#untilRead(name);
    const here = folder.files.get(name)?.id;
    if (here !== undefined && here === fileId) {
      await store.remove(uploadId);
      this.#note(this.#ended, { ...upload, offsetBytes: sizeBytes ?? 0 });
      return;
    }
    const mayBeSame = here !== undefined && fileId === undefined;
    if (!mayBeSame && (here === undefined || here !== upload.replaces)) await this.#assertNameFree(name);
    const others = this.running.filter(running => running.uploadId !== uploadId).length;
    if (others >= limits.uploadsPerNode) throw new VideoError('uploads_full', { running: others });
    const known = await store.find(uploadId);
    await this.#assertRoom(upload, known?.offsetBytes ?? 0);
    this.#ended.delete(uploadId);
    await store.create(upload);
    const twin = [...folder.files.values()].find(file => fileId !== undefined && file.id === fileId);
    if (twin) await store.copyFrom(uploadId, twin.name);
    const begun = (await store.find(uploadId)) ?? { ...upload, offsetBytes: 0 };
    this.#note(this.#running, begun);
    log.info('upload.begun', { name, sizeBytes, arrivedBytes: begun.offsetBytes });
    if (isWhole(begun)) await this.finish(uploadId);
  }

  async find(uploadId: string): Promise<IncomingUpload | undefined> {
    return this.#ended.get(uploadId)?.upload ?? this.#ports.store.find(uploadId);
  }

  async setSize(uploadId: string, sizeBytes: number): Promise<void> {
    await this.#ports.store.setSize(uploadId, sizeBytes);
  }

  async append(uploadId: string, chunks: AsyncIterable<Uint8Array>, offsetBytes: number): Promise<number> {
    const upload = await this.#ports.store.find(uploadId);
    if (!upload) throw new VideoError('upload_not_found', { uploadId });
    try {
      return await this.#ports.store.append(uploadId, this.#counted(upload, chunks, offsetBytes), offsetBytes);
    } catch (error) {
      const { name, sizeBytes = 0 } = upload;
      throw isVideoError(error, 'disk_full') ? new VideoError('no_room', { name, sizeBytes }, { cause: error }) : error;
    }
  }

  /** Called again, it is the same ending. */
  finish(uploadId: string): Promise<FinishedUpload> {
    const { fileId: id, offsetBytes: sizeBytes } = this.#ended.get(uploadId)?.upload ?? {};
    if (id !== undefined && sizeBytes !== undefined) return Promise.resolve({ id, sizeBytes });
    const known = this.#finishing.get(uploadId);
    if (known) return known;
    const finishing = this.#finish(uploadId).finally(() => this.#finishing.delete(uploadId));
    this.#finishing.set(uploadId, finishing);
    return finishing;
  }

  async cancel(uploadId: string): Promise<void> {
    this.#running.delete(uploadId);
    await this.#ports.store.remove(uploadId);
  }

  /** Finishes, now and then, what arrived whole while nobody could finish it, and removes what was given up, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#ports;
    while (!signal.aborted) {
      for (const upload of await store.all().catch(() => [])) {
        if (!signal.aborted) await this.#lookAfter(upload).catch(() => undefined);
      }
      await clock.sleep(STRANDED_EVERY_MS, { signal }).catch(() => undefined);
    }
    this.#stop.abort(new VideoError('cancelled', {}));
    await Promise.allSettled(this.#finishing.values());
  }

  async #lookAfter(upload: IncomingUpload): Promise<void> {
    const { uploadId, fileId } = upload;
    const { store, clock, log } = this.#ports;
    const writtenAtMs = await store.writtenAtMs(uploadId);
    if (fileId === undefined && writtenAtMs !== undefined && clock.date() - writtenAtMs > UNKNOWN_KEPT_MS) {
      await this.cancel(uploadId);
      log.debug('leftovers.removed', { copies: 1, manifests: 0 });
    } else if (isWhole(upload)) await this.finish(uploadId);
  }

  async #finish(uploadId: string): Promise<FinishedUpload> {
    const { store, folder, log } = this.#ports;
    const upload = await store.find(uploadId);
    if (!upload) throw new VideoError('upload_not_found', { uploadId });
    const { name } = upload;
    try {
      const content = await store.describe(uploadId, { signal: this.#stop.signal });
      const manifest = this.#manifestOf(upload, content);
      if (upload.fileId !== undefined && upload.fileId !== manifest.id) throw new VideoError('upload_corrupt', { name });
      await this.#untilRead(name);
      const isHere = () => folder.files.get(name)?.id === manifest.id;
      if (upload.replaces !== undefined && !isHere()) await this.#replace(upload, upload.replaces, manifest.id);
      if (isHere()) await store.remove(uploadId);
      else {
        await this.#assertNameFree(name);
        using _reservation = folder.reserve(name);
        await store.publish(uploadId, name);
        await folder.adopt(name, manifest);
      }
      this.#note(this.#ended, { ...upload, fileId: manifest.id, offsetBytes: manifest.sizeBytes, sizeBytes: manifest.sizeBytes });
      log.info('upload.taken', { name, sizeBytes: manifest.sizeBytes });
      return manifest;
    } catch (error) {
      if (isVideoError(error, 'upload_corrupt')) await this.cancel(uploadId);
      const { code } = toVideoError(error);
      if (code !== 'cancelled') log.warn('upload.failed', { name, reason: code });
      throw error;
    } finally {
      this.#running.delete(uploadId);
    }
  }

  #manifestOf({ name }: IncomingUpload, content: FileContent): Manifest {
    return { ...content, id: fileIdOf(content), name, createdAtMs: this.#ports.clock.date() };
  }

  #note(uploads: Map<string, Seen>, upload: IncomingUpload): void {
    this.#forgetSilent(uploads).set(upload.uploadId, { upload, atMs: this.#ports.clock.now() });
  }

  #forgetSilent(uploads: Map<string, Seen>): Map<string, Seen> {
    const nowMs = this.#ports.clock.now();
    for (const [uploadId, { atMs }] of uploads) if (nowMs - atMs > KEPT_MS) uploads.delete(uploadId);
    return uploads;
  }

  /** A file of that name that nobody has read yet may be the very one: a run may have ended just when it had put it there. */
  async #untilRead(name: string): Promise<void> {
    const { folder, files, clock } = this.#ports;
    const deadlineMs = clock.now() + READING_PATIENCE_MS;
    while (!folder.files.has(name) && (await files.stampOf(name)) !== undefined && clock.now() < deadlineMs) {
      await clock.sleep(LOOK_EVERY_MS, { signal: this.#stop.signal });
    }
  }

  /** The central tells this node with the next heartbeats to put away what has the name, which may be older than what is replaced. */
  async #replace({ name }: IncomingUpload, replaces: FileId, id: FileId): Promise<void> {
    const { folder, replace, clock } = this.#ports;
    const { signal } = this.#stop;
    await replace({ id, name, replaces }, { signal });
    const deadlineMs = clock.now() + READING_PATIENCE_MS;
    const isOtherHere = () => ![undefined, id].includes(folder.files.get(name)?.id);
    while (isOtherHere() && clock.now() < deadlineMs) await clock.sleep(LOOK_EVERY_MS, { signal });
  }

  async #assertNameFree(name: string): Promise<void> {
    if (await this.#ports.files.isTaken(name)) throw new VideoError('name_taken', { name });
  }

  async #assertRoom({ uploadId, name, sizeBytes = 0 }: NewUpload, arrivedBytes: number): Promise<void> {
    const { freeBytes } = await this.#ports.files.space();
    const others = this.running.filter(upload => upload.uploadId !== uploadId);
    const promisedBytes = others.reduce((bytes, upload) => bytes + Math.max(0, (upload.sizeBytes ?? 0) - upload.offsetBytes), 0);
    if (sizeBytes - arrivedBytes + promisedBytes + SPACE_KEPT_BYTES > freeBytes) throw new VideoError('no_room', { name, sizeBytes });
  }

  async *#counted(upload: IncomingUpload, chunks: AsyncIterable<Uint8Array>, offsetBytes: number): AsyncGenerator<Uint8Array> {
    let arrivedBytes = offsetBytes;
    for await (const chunk of chunks) {
      yield chunk;
      arrivedBytes += chunk.byteLength;
      this.#note(this.#running, { ...upload, offsetBytes: arrivedBytes });
    }
  }
}

function isWhole({ sizeBytes, offsetBytes }: IncomingUpload): boolean {
  return sizeBytes === offsetBytes;
}
