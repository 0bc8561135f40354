import { basename } from 'node:path';
import { backoffMs } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import { isTransient, VideoError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { SECOND_MS } from '../../base/units.ts';
import type { FileContent } from '../../domain/content-hasher.ts';
import type { DownloadObserver } from '../../domain/download/progress.ts';
import { nodeSourceId } from '../../domain/download/node-source-id.ts';
import { Throughput } from '../../domain/download/throughput.ts';
import { parseFileName, type FileId } from '../../domain/file.ts';
import { fileIdOf, type Manifest } from '../../domain/manifest.ts';
import type { UploadSender } from '../../domain/upload-sender.ts';
import type { ControlClient, UploadAnswer, UploadState } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';

export interface PutPorts {
  readonly control: ControlClient;
  /** Reads the whole file once. */
  readonly describe: (path: string, options: { readonly signal: AbortSignal }) => Promise<FileContent>;
  readonly sender: UploadSender;
  readonly clock: Clock;
  readonly random: Random;
}

export interface PutOptions {
  /** What it is to be called; its own name unless told. */
  readonly remoteName?: string | undefined;
  /** What has the name now goes to the trash once this file is whole. */
  readonly replace?: boolean | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly observer: DownloadObserver;
  readonly signal: AbortSignal;
}

/** A file that is safe. */
export interface PutResult {
  readonly name: string;
  readonly id: FileId;
  readonly sizeBytes: number;
  /** False when it was stored before. */
  readonly isNew: boolean;
  /** Bytes that this run sent: 0 when all of it was there. */
  readonly sentBytes: number;
  readonly elapsedMs: number;
  /** Verified replicas, and how many there will be. */
  readonly replicas: number;
  readonly wanted: number;
}

const retry = { firstMs: SECOND_MS / 2, maxMs: 5 * SECOND_MS };
/** How long nothing may move before it is given up; what was sent stays for the same order later. */
const PATIENCE_MS = 60 * SECOND_MS;
/** For secondaries that may be starting as well. */
const FIRST_PATIENCE_MS = 5 * SECOND_MS;
const LOOK_EVERY_MS = SECOND_MS / 4;

type SendAnswer = Extract<UploadAnswer, { state: 'send' }>;

/**
 * Stores a file of this machine: sends it to the secondary that the central names, goes on where an earlier run stopped, and
 * resolves when enough secondaries have a verified copy.
 *
 * @throws VideoError `invalid_name`, `path_not_readable`, `name_taken`, `no_room`, `no_nodes`, `not_acknowledged`, `upload_corrupt`,
 * `central_unreachable` …; or the signal's reason
 */
export async function putFile(path: string, { remoteName, replace = false, title, description, observer, signal }: PutOptions, ports: PutPorts): Promise<PutResult> {
  const { control, clock } = ports;
  const name = parseFileName(remoteName ?? basename(path));
  const startedAtMs = clock.now();
  const content = await ports.describe(path, { signal });
  const manifest: Manifest = { ...content, id: fileIdOf(content), name, createdAtMs: clock.date() };
  const { id, sizeBytes } = manifest;
  const sending = new Sending(manifest, observer, clock);
  let isNew = false;
  const state = await persistently(ports, sending, signal, async () => {
    const answer = await control.uploads.open({ id, name, sizeBytes, ...(replace && { replace }), ...(title !== undefined && { title }), ...(description !== undefined && { description }) }, { signal });
    if (answer.state !== 'send') return answer;
    isNew = true;
    await ports.sender.send({ ...answer, path, name, id, sizeBytes }, { onSent: sending.follow(answer), signal });
    sending.noteMoved();
    return undefined;
  });
  const { replicas, wanted } = state.state === 'stored' ? state : await untilStored(manifest, ports, sending, signal);
  return { name, id, sizeBytes, isNew, sentBytes: sending.sentBytes, elapsedMs: clock.now() - startedAtMs, replicas, wanted };
}

/** Attempts until the central has the file; waits between attempts, and gives up when nothing moved for long. */
async function persistently(
  { clock, random }: PutPorts,
  sending: Sending,
  signal: AbortSignal,
  attempt: () => Promise<UploadState | undefined>,
): Promise<UploadState> {
  for (let failures = 0; ; ) {
    try {
      const state = await attempt();
      if (state) return state;
      await clock.sleep(LOOK_EVERY_MS, { signal });
    } catch (error) {
      signal.throwIfAborted();
      const patienceMs = sending.hasBegun ? PATIENCE_MS : FIRST_PATIENCE_MS;
      if (!isTransient(error) || clock.now() - sending.movedAtMs > patienceMs) throw error;
      failures += 1;
      await clock.sleep(backoffMs(failures, retry, random), { signal });
    }
  }
}

async function untilStored({ id, name }: Manifest, { control, clock }: PutPorts, sending: Sending, signal: AbortSignal): Promise<UploadState> {
  let last: UploadState | undefined;
  for (;;) {
    const state: UploadState | undefined = await control.uploads.find({ id, name }, { signal }).catch((error: unknown) => {
      if (signal.aborted || !isTransient(error)) throw error;
      return undefined;
    });
    if (state?.state === 'stored') return state;
    if (state && state.replicas > (last?.replicas ?? 0)) sending.noteMoved();
    last = state ?? last;
    if (clock.now() - sending.movedAtMs > limits.acknowledgeTimeoutMs) {
      throw new VideoError('not_acknowledged', { name, replicas: last?.replicas ?? 0, needed: last?.needed ?? 2 });
    }
    await clock.sleep(LOOK_EVERY_MS, { signal });
  }
}

/** How far a file has come, as its observer is told. */
class Sending {
  readonly #manifest: Manifest;
  readonly #observer: DownloadObserver;
  readonly #clock: Clock;
  readonly #throughput = new Throughput();
  #arrivedBytes: number | undefined;
  sentBytes = 0;
  movedAtMs: number;

  constructor(manifest: Manifest, observer: DownloadObserver, clock: Clock) {
    this.#manifest = manifest;
    this.#observer = observer;
    this.#clock = clock;
    this.movedAtMs = clock.now();
  }

  get hasBegun(): boolean {
    return this.#arrivedBytes !== undefined;
  }

  noteMoved(): void {
    this.movedAtMs = this.#clock.now();
  }

  /** Called with the bytes that are there. */
  follow({ node }: SendAnswer): (bytesThere: number) => void {
    let last: number | undefined;
    return bytesThere => {
      if (this.#arrivedBytes === undefined) this.#observer.onStart?.(bytesThere, this.#manifest);
      const sent = Math.max(0, bytesThere - (last ?? bytesThere));
      last = bytesThere;
      this.sentBytes += sent;
      this.#arrivedBytes = bytesThere;
      if (sent > 0) this.noteMoved();
      this.#throughput.add(sent, this.#clock.now());
      const { sizeBytes } = this.#manifest;
      const rate = this.#throughput.at(this.#clock.now());
      const etaMs = rate > 0 ? ((sizeBytes - bytesThere) / rate) * SECOND_MS : Infinity;
      this.#observer.onProgress?.({ sizeBytes, doneBytes: bytesThere, rate, etaMs, sources: [{ id: nodeSourceId(node), state: 'active', bytes: this.sentBytes, rate }] });
    };
  }
}
