import type { Clock } from '../../base/clock.ts';
import { Doorbell } from '../../base/doorbell.ts';
import { isVideoError, VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { isDamaged, withoutBadParts, type DamagedFile } from '../../domain/damaged-file.ts';
import type { FileId } from '../../domain/file.ts';
import { FileIndex } from '../../domain/file-index.ts';
import { compareFolder } from '../../domain/folder-changes.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { isSameStamp, type FolderListing, type IndexedFile, type IndexStore, type LocalFile, type LocalFolder, type ManifestStore } from '../../domain/local-folder.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { ServedFile, ServedFiles } from '../../domain/served-files.ts';
import { IndexKeeper } from './index-keeper.ts';
import { Reader } from './reader.ts';

export interface FolderSettings {
  /** A file that changed less than this ago may still be being copied into the folder. */
  readonly settleMs: number;
  /** The folder is looked at this often, also where the system cannot tell what changes. */
  readonly rescanMs: number;
  /** A file that could not be read is left alone for this long, unless it changes. */
  readonly retryMs: number;
}

export interface FolderPorts {
  readonly files: LocalFolder;
  readonly manifests: ManifestStore;
  readonly index: IndexStore;
  /** Where the files that are announced go. */
  readonly inventory: Pick<Inventory, 'put' | 'remove'>;
  readonly clock: Clock;
  readonly log: Log;
  /** The inventory changed. */
  readonly onChange: () => void;
  /** The folder was looked at: other files may wait to be read. */
  readonly onLook?: () => void;
}

/** Between two looks, so that a file that grows does not keep the folder being looked at. */
const LOOK_GAP_MIN_MS = 100;
/** A look at a large folder takes a while; looks take this share of the time at most. */
const LOOK_SHARE = 1 / 20;

/**
 * Keeps what is served and announced in step with the folder. A file is in the index, and then served and announced,
 * while the disk shows it exactly as it was when its content was read; whatever else is in the folder waits to be
 * read. A file whose bytes turned out to be damaged is in quarantine as long as the disk shows it so: not announced,
 * but its good parts are served.
 */
export class Folder implements ServedFiles {
  readonly #ports: FolderPorts;
  readonly #settings: FolderSettings;
  readonly #index = new FileIndex();
  /** In quarantine: known, and neither announced nor read as if they were new. */
  readonly #damaged = new FileIndex<DamagedFile>();
  readonly #keeper: IndexKeeper;
  readonly #reader: Reader;
  readonly #doorbell: Doorbell;
  readonly #reserved = new Set<string>();
  readonly #toldIgnored = new Set<string>();
  /** Names that the last look could not look at: what was known of them holds until opening them fails too. */
  #unseen: ReadonlySet<string> = new Set();
  /** Names that entered or left the index while the folder was being listed: the list may be older than that. */
  #admitted = new Set<string>();
  #isListable = true;

  constructor(settings: FolderSettings, ports: FolderPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#doorbell = new Doorbell(ports.clock);
    this.#keeper = new IndexKeeper(() => this.#known, { ...ports, store: ports.index });
    this.#reader = new Reader(settings, { ...ports, onRead: file => this.#admit(file) });
  }

  get files(): ReadonlyMap<string, IndexedFile> {
    return this.#index.byName;
  }

  /** Replicas with bad parts, by name. */
  get damaged(): ReadonlyMap<string, DamagedFile> {
    return this.#damaged.byName;
  }

  /** A file of this content, damaged or not. */
  holds(id: FileId): boolean {
    return this.replicasOf(id).length > 0;
  }

  /** Those without damage first. */
  replicasOf(id: FileId): readonly IndexedFile[] {
    return [...this.#index.withId(id), ...this.#damaged.withId(id)];
  }

  /** One of the names of a content. */
  nameOf(id: FileId): string | undefined {
    return this.#index.withId(id)[0]?.name;
  }

  /** Whether the last look could look at all. */
  get isListable(): boolean {
    return this.#isListable;
  }

  /** Whether what the last look found is all announced, apart from what cannot be read. */
  get isAllRead(): boolean {
    return this.waiting.length === 0;
  }

  /** What is in the folder and has still to be read. */
  get waiting(): readonly LocalFile[] {
    return this.#reader.waiting;
  }

  /** Takes from the last run what is still as it was. Once, before anything else. */
  async load(): Promise<void> {
    const { index, manifests } = this.#ports;
    const described = await manifests.ids();
    for (const file of await index.load()) {
      // What is damaged must not be taken for something new, whatever became of its manifest.
      if (described.has(file.id) || isDamaged(file)) this.#admit(file);
    }
    await this.#look();
  }

  /** Follows the folder until the signal aborts; then saves the index and resolves. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, files } = this.#ports;
    const { rescanMs } = this.#settings;
    const watching = files.watch(() => this.#doorbell.ring());
    try {
      while (!signal.aborted) {
        const startedAtMs = clock.now();
        await this.#look();
        this.#reader.readNext(signal);
        await this.#keeper.saveNowAndThen();
        const gapMs = Math.max(LOOK_GAP_MIN_MS, (clock.now() - startedAtMs) / LOOK_SHARE);
        await clock.sleep(gapMs, { signal });
        await this.#doorbell.sleep(Math.min(rescanMs, this.#reader.waitMs), { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      watching[Symbol.dispose]();
      await this.#reader.idle;
      await this.#keeper.save();
    }
  }

  async open(id: FileId): Promise<ServedFile | undefined> {
    for (const file of this.replicasOf(id)) {
      const manifest = await this.#ports.manifests.get(id);
      try {
        if (manifest) return withoutBadParts(await this.#ports.files.open(file, manifest), () => this.#damaged.byName.get(file.name)?.badParts ?? []);
        // Someone removed the manifest: reading the file makes it again.
        if (!isDamaged(file)) this.#withdraw(file);
      } catch (error) {
        if (this.#unseen.has(file.name)) this.#withdraw(file);
        else if (!isVideoError(error, 'file_changed', 'path_not_readable')) throw error;
      }
      this.#doorbell.ring();
    }
    return undefined;
  }

  /** Until disposed of, a file of this name is nobody's business but the holder's: it is neither read nor announced. */
  reserve(name: string): Disposable {
    this.#reserved.add(name);
    return { [Symbol.dispose]: () => void this.#reserved.delete(name) };
  }

  /**
   * Takes in a file that was just put there, verified, without reading it again.
   *
   * @throws VideoError `file_changed` when it is not there any more
   */
  async adopt(name: string, manifest: Manifest): Promise<void> {
    await this.#ports.manifests.put(manifest);
    const stamp = await this.#ports.files.stampOf(name);
    if (stamp?.sizeBytes !== manifest.sizeBytes) throw new VideoError('file_changed', { name });
    this.#admit({ name, stamp, id: manifest.id });
  }

  /** A file was taken out of the folder, or has another name. The name has to be reserved meanwhile. */
  forget(name: string): void {
    const file = this.#index.byName.get(name);
    // A list that is being made may still have it.
    this.#admitted.add(name);
    if (file) this.#withdraw(file);
  }

  /**
   * What reading the file again has shown: with bad parts it is no replica until it is mended, without it is one. False
   * when the file is no longer the one that was read. The index is saved when it resolves.
   */
  async settle(file: IndexedFile, badParts: readonly number[]): Promise<boolean> {
    const known = this.#index.byName.get(file.name) ?? this.#damaged.byName.get(file.name);
    if (!known || known.id !== file.id || !isSameStamp(known.stamp, file.stamp)) return false;
    if (badParts.length === 0 && !isDamaged(known)) return true;
    const { name, stamp, id } = file;
    this.#admit({ name, stamp, id, ...(badParts.length > 0 && { badParts }) });
    await this.#keeper.save();
    return true;
  }

  get #known(): readonly IndexedFile[] {
    return [...this.#index.byName.values(), ...this.#damaged.byName.values()];
  }

  async #look(): Promise<void> {
    const { log } = this.#ports;
    this.#admitted = new Set();
    const listing = await this.#list();
    if (!listing) return;
    const uncertain = [this.#admitted, this.#reserved, this.#unseen];
    const isCertain = ({ name }: LocalFile) => !uncertain.some(names => names.has(name));
    const known = new Map(this.#known.filter(isCertain).map(file => [file.name, file]));
    const changes = compareFolder(known, listing.files.filter(isCertain));
    for (const file of changes.removed) {
      this.#withdraw(file);
      log.info('file.removed', { name: file.name });
    }
    for (const file of changes.changed) {
      this.#withdraw(file);
      log.info('file.changed', { name: file.name });
    }
    for (const file of changes.renamed) {
      this.#admit(file);
      log.info('file.indexed', { name: file.name, sizeBytes: file.stamp.sizeBytes, elapsedMs: 0 });
    }
    this.#reader.replace(changes.unknown);
    this.#ports.onLook?.();
  }

  /** Undefined when the folder cannot be read now, which is told once. */
  async #list(): Promise<FolderListing | undefined> {
    const { files, log } = this.#ports;
    try {
      const listing = await files.list();
      for (const { name, error } of listing.ignored) {
        if (!this.#toldIgnored.has(name)) log.warn('file.ignored', { name, reason: error.facts.reason });
        this.#toldIgnored.add(name);
      }
      for (const { name, error } of listing.unseen) {
        if (!this.#unseen.has(name)) log.warn('file.unreadable', { name, reason: error.code });
      }
      this.#unseen = new Set(listing.unseen.map(({ name }) => name));
      this.#isListable = true;
      return listing;
    } catch (error) {
      if (!isVideoError(error, 'path_not_readable', 'not_a_directory')) throw error;
      if (this.#isListable) log.error('file.unreadable', { name: error.facts.path, reason: error.code });
      this.#isListable = false;
      return undefined;
    }
  }

  #admit(file: IndexedFile): void {
    const { name, id, stamp } = file;
    this.#admitted.add(name);
    if (isDamaged(file)) {
      this.#index.remove(name);
      this.#damaged.put(file);
      this.#ports.inventory.remove(name);
    } else {
      this.#damaged.remove(name);
      this.#index.put(file);
      this.#ports.inventory.put({ name, id, sizeBytes: stamp.sizeBytes });
    }
    this.#noteChange();
  }

  #withdraw({ name }: IndexedFile): void {
    this.#index.remove(name);
    this.#damaged.remove(name);
    this.#ports.inventory.remove(name);
    this.#noteChange();
  }

  #noteChange(): void {
    this.#keeper.noteChange();
    this.#ports.onChange();
  }
}
