import type { Clock } from '../../base/clock.ts';
import { Doorbell } from '../../base/doorbell.ts';
import { toVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { MINUTE_MS } from '../../base/units.ts';
import type { Verification } from '../../domain/damaged-file.ts';
import type { IndexedFile, LocalFolder, ManifestStore, ScrubPlace, ScrubStore } from '../../domain/local-folder.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { orderedRate, ScrubPace, scrubRate, type ScrubSettings } from '../../domain/scrub.ts';
import { costAt, isAtEnd, placeAfter, placeIn } from '../../domain/scrub-place.ts';
import { ScrubQueue, type DueFile } from '../../domain/scrub-queue.ts';
import type { Order } from '../../protocol/control.ts';
import type { Folder } from '../shared-folder/folder.ts';
import { VerificationOrders } from './verification-orders.ts';

export interface ScrubberPorts {
  readonly folder: Pick<Folder, 'files' | 'damaged' | 'replicasOf' | 'settle'>;
  readonly files: Pick<LocalFolder, 'checkPart'>;
  readonly manifests: Pick<ManifestStore, 'get'>;
  readonly store: ScrubStore;
  /** Somebody waits for the disk. */
  readonly isBusy: () => boolean;
  /** There is something to tell the central. */
  readonly onNews: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a person may want to know. Times are milliseconds since 1970, rates bytes a second. */
export interface ScrubStatus {
  /** Of the replica that was read longest ago; undefined without replicas. */
  readonly oldestReadAtMs: number | undefined;
  /** What is being read, or comes next. */
  readonly next: string | undefined;
  readonly rate: number;
  /** Replicas that somebody doubts. */
  readonly doubted: number;
  readonly damaged: number;
}

interface Task {
  readonly file: IndexedFile;
  readonly place: ScrubPlace;
  /** Somebody doubts it. */
  readonly isDoubted: boolean;
}

/** How busy the node is changes, and so does the folder: the rate is looked at again this often. */
const LOOK_EVERY_MS = MINUTE_MS;
/** What a crash may cost. */
const SAVE_EVERY_MS = 5 * MINUTE_MS;
/** A file that cannot be read now is left alone for so long. */
const LEFT_ALONE_MS = 60 * MINUTE_MS;

/**
 * Reads every replica again, part by part, before a cycle is over, and first those that somebody doubts. One with bad
 * parts goes into quarantine. Slow on purpose: no faster than what is due needs, so that nobody who waits for the disk
 * notices. A restart goes on where it was.
 */
export class Scrubber {
  readonly #settings: ScrubSettings;
  readonly #ports: ScrubberPorts;
  readonly #queue = new ScrubQueue();
  readonly #orders: VerificationOrders;
  readonly #doorbell: Doorbell;
  readonly #pace: ScrubPace;
  readonly #startedAtMs: number;

  constructor(settings: ScrubSettings, ports: ScrubberPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#doorbell = new Doorbell(ports.clock);
    this.#startedAtMs = ports.clock.now();
    this.#pace = new ScrubPace(this.#startedAtMs);
    this.#orders = new VerificationOrders(ports.folder);
  }

  /** Results that the central asked for and has not heard. */
  get results(): readonly Verification[] {
    return this.#orders.results;
  }

  status(): ScrubStatus {
    const [first] = this.#due();
    const next = this.#orders.next()?.file ?? first?.file;
    return { oldestReadAtMs: first?.readAtMs, next: next?.name, rate: this.#rate(), doubted: this.#orders.waiting, damaged: this.#ports.folder.damaged.size };
  }

  /** Orders of other kinds are for others; what is repeated until it is answered counts once. */
  take(orders: readonly Order[]): void {
    for (const order of orders) {
      // Whoever asked for the bytes got them of any replica, whatever its name here.
      const replicas = order.type === 'verify' ? this.#ports.folder.replicasOf(order.id) : [];
      for (const file of replicas) if (!this.#queue.isLeftAlone(file, this.#ports.clock.date())) this.#orders.take(file, { isOfCentral: true });
    }
    if (this.#orders.waiting > 0) this.#doorbell.ring();
  }

  /** A person doubts this replica, or all of them without a name. Tells how many that are. */
  verify(name?: string): number {
    const { files, damaged } = this.#ports.folder;
    const doubted = [...files.values(), ...damaged.values()].filter(file => name === undefined || file.name === name);
    for (const file of doubted) {
      this.#queue.tryAgain(file);
      this.#orders.take(file, { isOfCentral: false });
    }
    if (doubted.length > 0) this.#doorbell.ring();
    return doubted.length;
  }

  /** The central knows these now. */
  told(results: readonly Verification[]): void {
    this.#orders.told(results);
  }

  /** The folder has other files than before. */
  folderChanged(): void {
    if (this.#queue.isEmpty) this.#doorbell.ring();
  }

  /** Reads until the signal aborts; then saves its place and resolves. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    await this.#load();
    let savedAtMs = clock.now();
    try {
      while (!signal.aborted) {
        const waitMs = Math.max(this.#firstInMs(), this.#pace.waitMs(this.#rate(), clock.now()));
        if (waitMs > 0) await this.#doorbell.sleep(Math.min(waitMs, LOOK_EVERY_MS), { signal });
        else await this.#step();
        if (clock.now() - savedAtMs < SAVE_EVERY_MS) continue;
        savedAtMs = clock.now();
        await this.#save();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await this.#save();
    }
  }

  #due(): readonly DueFile[] {
    const { folder, clock } = this.#ports;
    return this.#queue.inOrder(folder.files.values(), clock.date());
  }

  /** 0 when there is nothing to read. */
  #rate(): number {
    const { isBusy, clock } = this.#ports;
    if (this.#orders.next()) return orderedRate(isBusy(), this.#settings);
    return scrubRate(this.#due(), this.#queue.readBytes, isBusy(), clock.date(), this.#settings);
  }

  /** Until the first part may be read; what somebody doubts does not wait. */
  #firstInMs(): number {
    const firstAtMs = this.#startedAtMs + this.#settings.firstAfterMs;
    return this.#orders.next() ? 0 : Math.max(0, firstAtMs - this.#ports.clock.now());
  }

  #task(): Task | undefined {
    const doubted = this.#orders.next();
    if (doubted) return { file: doubted.file, place: placeIn(doubted.file, doubted.place), isDoubted: true };
    const file = this.#due()[0]?.file;
    return file && { file, place: placeIn(file, this.#queue.place), isDoubted: false };
  }

  /** Reads one part. */
  async #step(): Promise<void> {
    const task = this.#task();
    if (!task) return;
    const { file } = task;
    const { manifests, log } = this.#ports;
    try {
      const manifest = await manifests.get(file.id);
      if (manifest) await this.#read(task, manifest);
      else this.#leaveAlone(file);
    } catch (error) {
      this.#leaveAlone(file);
      const { code } = toVideoError(error);
      // The folder sees what became of it, and says so.
      if (code !== 'file_changed') log.warn('file.unreadable', { name: file.name, reason: code });
    }
  }

  async #read({ file, place, isDoubted }: Task, manifest: Manifest): Promise<void> {
    this.#pace.read(costAt(place, manifest));
    // An empty file has no part that could be bad.
    const isRight = isAtEnd(place, manifest) || (await this.#ports.files.checkPart(file, manifest, place.nextPart));
    const reached = placeAfter(place, manifest, isRight);
    if (isAtEnd(reached, manifest)) return this.#end(file, reached, isDoubted);
    if (isDoubted) this.#orders.goOn(file, reached);
    else this.#queue.place = reached;
    // Once a part is bad the rest does not wait for its time.
    if (!isRight && !isDoubted) this.#orders.take(file, { isOfCentral: false, place: reached });
  }

  async #end(file: IndexedFile, { badParts }: ScrubPlace, isDoubted: boolean): Promise<void> {
    const { folder, clock, log, onNews } = this.#ports;
    const { name, stamp } = file;
    const isStillIt = await folder.settle(file, badParts);
    if (!isStillIt) return this.#leaveAlone(file);
    this.#queue.wasRead(file, clock.date(), { isRight: badParts.length === 0 });
    this.#orders.done(file, badParts);
    if (badParts.length > 0) log.warn('replica.damaged', { name, parts: badParts.length });
    log[isDoubted ? 'info' : 'debug']('scrub.finished', { name, sizeBytes: stamp.sizeBytes, badParts: badParts.length });
    onNews();
  }

  #leaveAlone(file: IndexedFile): void {
    this.#queue.leaveAlone(file, this.#ports.clock.date() + LEFT_ALONE_MS);
    this.#orders.forget(file);
  }

  async #load(): Promise<void> {
    const { store, log } = this.#ports;
    try {
      this.#queue.restore(await store.load());
    } catch (error) {
      log.warn('request.failed', { operation: 'scrub.json', reason: toVideoError(error).code });
    }
  }

  async #save(): Promise<void> {
    const { store, log } = this.#ports;
    try {
      await store.save(this.#queue.record());
    } catch (error) {
      log.warn('request.failed', { operation: 'scrub.json', reason: toVideoError(error).code });
    }
  }
}
