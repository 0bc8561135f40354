import type { Clock } from '../../base/clock.ts';
import { isVideoError, toVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { SECOND_MS } from '../../base/units.ts';
import { FileIndex } from '../../domain/file-index.ts';
import type { FileId } from '../../domain/file.ts';
import { isSameStamp, isVisibleName, type IndexedFile } from '../../domain/local-folder.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { PeerFile } from '../../domain/peer-file.ts';
import type { ServedFile, ServedFiles, UnfinishedFile } from '../../domain/served-files.ts';
import type { ShareStore } from '../../domain/share-store.ts';
import { limits } from '../../protocol/limits.ts';

export interface SharedFilesPorts {
  readonly store: ShareStore;
  readonly clock: Clock;
  readonly log: Log;
  /** What is offered changed. */
  readonly onChange: () => void;
}

const LOOK_EVERY_MS = 3 * SECOND_MS;
/** Thousands of files take a while to be looked at; looks take this share of the time at most. */
const LOOK_SHARE = 1 / 20;

/**
 * What somebody who downloads gives to others, and nothing else of the folder: the parts of what is being fetched, and the
 * files that were fetched into it, now or by earlier runs, while the disk shows them as they were then.
 */
export class SharedFiles implements ServedFiles {
  readonly #ports: SharedFilesPorts;
  readonly #whole = new FileIndex();
  readonly #unfinished = new Set<UnfinishedFile>();

  constructor(ports: SharedFilesPorts) {
    this.#ports = ports;
  }

  /** What others are told of, by name. */
  get offered(): ReadonlyMap<string, PeerFile> {
    const begun = this.#begun.map(({ manifest: { name, id, sizeBytes } }): PeerFile => ({ name, id, sizeBytes }));
    const whole = [...this.#whole.byName.values()].map(({ name, id, stamp: { sizeBytes } }): PeerFile => ({ name, id, sizeBytes }));
    // The first of the limit are those that are wanted now; of one name, the whole file counts.
    return new Map([...new Map([...begun, ...whole].map(file => [file.name, file]))].slice(0, limits.peerFilesMax));
  }

  /** Takes from earlier runs what is still as it was. Once, before anything else. */
  async load(): Promise<void> {
    const { store, log } = this.#ports;
    try {
      for (const file of await store.load()) if (isVisibleName(file.name)) this.#whole.put(file);
    } catch (error) {
      if (!isVideoError(error, 'path_not_readable', 'not_a_directory')) throw error;
      log.warn('file.unreadable', { name: error.facts.path, reason: error.code });
    }
    await this.#look();
  }

  /** Looks now and then whether the files are as they were, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    let tookMs = 0;
    while (!signal.aborted) {
      await clock.sleep(Math.max(LOOK_EVERY_MS, tookMs / LOOK_SHARE), { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const startedAtMs = clock.now();
      await this.#look();
      tookMs = clock.now() - startedAtMs;
    }
  }

  async open(id: FileId): Promise<ServedFile | undefined> {
    for (const file of this.#whole.withId(id)) {
      const served = await this.#openWhole(file);
      if (served) return served;
    }
    const [best] = [...this.#unfinished].filter(({ manifest }) => manifest.id === id).toSorted((a, b) => b.held.size - a.held.size);
    return best?.open();
  }

  /** Of what is offered under the name; undefined when nothing is. */
  async manifestNamed(name: string): Promise<Manifest | undefined> {
    const whole = this.#whole.byName.get(name);
    if (!whole) return this.#begun.find(({ manifest }) => manifest.name === name)?.manifest;
    const manifest = await this.#ports.store.manifest(whole.id);
    // Its content may have other names as well.
    return manifest && { ...manifest, name };
  }

  /** From now on until it is taken back. */
  lend(file: UnfinishedFile): void {
    this.#unfinished.add(file);
    if (file.held.size > 0) this.#ports.onChange();
  }

  /** One part more is here, and right. */
  noteKept(file: UnfinishedFile, part: number): void {
    file.held.add(part);
    if (file.held.size === 1) this.#ports.onChange();
  }

  async takeBack(file: UnfinishedFile): Promise<void> {
    this.#unfinished.delete(file);
    this.#ports.onChange();
    await file[Symbol.asyncDispose]();
  }

  /** Takes in a file of the folder that was just fetched, for later runs too. Never rejects. */
  async adopt(manifest: Manifest): Promise<void> {
    const { store, log, onChange } = this.#ports;
    const { name, id, sizeBytes } = manifest;
    try {
      const stamp = await store.stampOf(name);
      if (stamp?.sizeBytes !== sizeBytes) return;
      await store.putManifest(manifest);
      this.#whole.put({ name, id, stamp });
      onChange();
      await store.change({ added: [{ name, id, stamp }] });
    } catch (error) {
      log.warn('request.failed', { operation: `.videopartes (${name})`, reason: toVideoError(error).code });
    }
  }

  /** What is being fetched, and of which others can have something. */
  get #begun(): readonly UnfinishedFile[] {
    return [...this.#unfinished].filter(({ held }) => held.size > 0);
  }

  async #look(): Promise<void> {
    const changed: IndexedFile[] = [];
    for (const file of this.#whole.byName.values()) {
      // A disk that cannot tell now says nothing against the file.
      if (!(await this.#isAsItWas(file).catch(() => true))) changed.push(file);
    }
    await this.#withdraw(changed);
  }

  async #openWhole(file: IndexedFile): Promise<ServedFile | undefined> {
    const { store } = this.#ports;
    try {
      const manifest = (await this.#isAsItWas(file)) ? await store.manifest(file.id) : undefined;
      if (manifest) return await store.open(file, manifest);
    } catch (error) {
      if (isVideoError(error, 'path_not_readable')) return undefined;
      if (!isVideoError(error, 'file_changed')) throw error;
    }
    await this.#withdraw([file]);
    return undefined;
  }

  /** Links are not ordinary files, whatever they lead to. */
  async #isAsItWas({ name, stamp }: IndexedFile): Promise<boolean> {
    const now = await this.#ports.store.stampOf(name);
    return now !== undefined && isSameStamp(now, stamp);
  }

  async #withdraw(files: readonly IndexedFile[]): Promise<void> {
    const { store, log, onChange } = this.#ports;
    // Another may have taken the name since it was looked at.
    const removed = files.filter(file => this.#whole.byName.get(file.name) === file);
    if (removed.length === 0) return;
    for (const { name } of removed) {
      this.#whole.remove(name);
      log.info('sharing.withdrawn', { name });
    }
    onChange();
    await store.change({ removed }).catch((error: unknown) => log.warn('request.failed', { operation: 'index.json', reason: toVideoError(error).code }));
  }
}
