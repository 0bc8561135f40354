import { availableParallelism } from 'node:os';
import { MIB } from '../../base/units.ts';
import { PIECE_BYTES, type Source, type SourceFactory } from '../../domain/download/source.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { userAgents } from '../../protocol/data.ts';
import { openLocalLane, type Lane, type LaneConnection } from './parts/lane.ts';
import { openThreadLane } from './parts/thread-lane.ts';

export interface NodeSourcesOptions {
  /** Who asks; a secondary's own copies are no downloads of others. */
  readonly userAgent?: string;
  /** Who vouches for nodes of HTTPS, in PEM; without it, those that Node trusts. */
  readonly ca?: string | undefined;
  /** Threads that receive; none: this one does. */
  readonly threads?: number;
  /** Receives instead of lanes of their own; it stays the caller's to dispose. */
  readonly lane?: Lane;
}

const WORTH_A_THREAD_BYTES = 32 * MIB;
/** This thread and the one that writes keep two cores busy; each thread more costs 8 MB. */
const BUSY_CORES = 2;
const THREADS_MAX = 2;
const SLOTS_PER_LANE = (4 * MIB) / PIECE_BYTES;

/** What several files may receive with: its memory does not grow with their number. */
export function openSharedLane(): Lane {
  return openLocalLane(SLOTS_PER_LANE, PIECE_BYTES);
}

/** Sources on secondaries; those of one file share receiving threads and memory. */
export function openNodeSources(manifest: Manifest, options: NodeSourcesOptions = {}): SourceFactory {
  const { sizeBytes, partSizeBytes } = manifest;
  const threads = options.threads ?? (sizeBytes < WORTH_A_THREAD_BYTES ? 0 : threadsFor(availableParallelism()));
  const own: readonly Lane[] = options.lane ? [] : threads === 0 ? [openSharedLane()] : Array.from({ length: threads }, () => openThreadLane(SLOTS_PER_LANE, PIECE_BYTES));
  const lanes = options.lane ? [options.lane] : own;
  const sources = new Map<string, NodeSource>();
  let nextLane = 0;

  return {
    source(id, url, token) {
      const key = `${id} ${url}`;
      let source = sources.get(key);
      if (!source) {
        const { protocol, hostname, port } = new URL(url);
        const isTls = protocol === 'https:';
        const lane = lanes[nextLane % lanes.length]!;
        nextLane += 1;
        const connection = lane.connect({
          sourceId: id,
          host: hostname.replace(/^\[|\]$/g, ''),
          port: Number(port || (isTls ? 443 : 80)),
          tls: isTls ? { ca: options.ca } : undefined,
          fileId: manifest.id,
          sizeBytes,
          partSizeBytes,
          userAgent: options.userAgent ?? userAgents.client,
        });
        source = new NodeSource(id, connection);
        sources.set(key, source);
      }
      source.useToken(token);
      return source;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...sources.values()].map(source => source[Symbol.asyncDispose]()));
      await Promise.all(own.map(lane => lane[Symbol.asyncDispose]()));
    },
  };
}

function threadsFor(cores: number): number {
  return Math.max(0, Math.min(THREADS_MAX, cores - BUSY_CORES));
}

class NodeSource implements Source {
  readonly id: string;
  readonly #connection: LaneConnection;
  #token: string | undefined;

  constructor(id: string, connection: LaneConnection) {
    this.id = id;
    this.#connection = connection;
  }

  useToken(token: string | undefined): void {
    if (token === this.#token) return;
    this.#token = token;
    this.#connection.useToken(token);
  }

  read: Source['read'] = (run, { onBytes, onPiece }, { signal }) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = () => {
        cancel();
        reject(signal.reason as Error);
      };
      const cancel = this.#connection.read({
        run,
        onBytes,
        onPiece,
        onEnd(error) {
          signal.removeEventListener('abort', onAbort);
          if (error) reject(error);
          else resolve();
        },
      });
      signal.addEventListener('abort', onAbort, { once: true });
    });

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
  }
}
