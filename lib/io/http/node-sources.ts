import { availableParallelism } from 'node:os';
import { MIB } from '../../base/units.ts';
import type { Source, SourceFactory } from '../../domain/download/source.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { openLocalLane, type Lane, type LaneConnection } from './parts/lane.ts';
import { openThreadLane } from './parts/thread-lane.ts';

export interface NodeSourcesOptions {
  readonly token?: string | undefined;
  /** Threads that receive beside this one. */
  readonly threads?: number;
}

const WORTH_A_THREAD_BYTES = 32 * MIB;
const MEMORY_PER_LANE_BYTES = 6 * MIB;
const SLOTS_MIN = 3;

/** Sources on secondaries; those of one file share receiving threads and memory. */
export function openNodeSources(manifest: Manifest, options: NodeSourcesOptions = {}): SourceFactory {
  const { sizeBytes, partSizeBytes } = manifest;
  const threads = options.threads ?? (sizeBytes < WORTH_A_THREAD_BYTES ? 0 : Math.min(1, availableParallelism() - 1));
  const slotCount = Math.max(SLOTS_MIN, Math.floor(MEMORY_PER_LANE_BYTES / partSizeBytes));
  const lanes: readonly Lane[] = [
    ...Array.from({ length: threads }, () => openThreadLane(slotCount, partSizeBytes)),
    openLocalLane(slotCount, partSizeBytes),
  ];
  const sources = new Map<string, NodeSource>();
  let nextLane = 0;

  return {
    source(id, url) {
      const key = `${id} ${url}`;
      let source = sources.get(key);
      if (!source) {
        const { hostname, port } = new URL(url);
        const lane = lanes[nextLane % lanes.length]!;
        nextLane += 1;
        const connection = lane.connect({
          sourceId: id,
          host: hostname.replace(/^\[|\]$/g, ''),
          port: Number(port || 80),
          fileId: manifest.id,
          sizeBytes,
          partSizeBytes,
          token: options.token,
        });
        source = new NodeSource(id, connection);
        sources.set(key, source);
      }
      return source;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(lanes.map(lane => lane[Symbol.asyncDispose]()));
    },
  };
}

class NodeSource implements Source {
  readonly id: string;
  readonly #connection: LaneConnection;

  constructor(id: string, connection: LaneConnection) {
    this.id = id;
    this.#connection = connection;
  }

  read: Source['read'] = (run, { onBytes, onPart }, { signal }) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = () => {
        cancel();
        reject(signal.reason as Error);
      };
      const cancel = this.#connection.read({
        run,
        onBytes,
        onPart,
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
