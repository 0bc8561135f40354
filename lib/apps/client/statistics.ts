import { createHash } from 'node:crypto';
import {
  DOWNLOADS_KEPT,
  increment,
  STATISTICS_VERSION,
  TIMELINES_KEPT,
  type ClientStatistics,
  type DownloadRecord,
} from '../../domain/statistics.ts';

const SAFE_NAME_MAX = 100;

/** One download more, of those of one client over all its runs. */
export function withDownload(statistics: ClientStatistics, record: DownloadRecord): ClientStatistics {
  const { totals } = statistics;
  const isDone = record.outcome === 'done';
  return {
    ...statistics,
    clientes: isDone ? increment(statistics.clientes, statistics.name) : statistics.clientes,
    videos: isDone ? increment(statistics.videos, record.name) : statistics.videos,
    totals: {
      ...totals,
      downloads: totals.downloads + (isDone ? 1 : 0),
      failed: totals.failed + (record.outcome === 'failed' ? 1 : 0),
      cancelled: totals.cancelled + (record.outcome === 'cancelled' ? 1 : 0),
      receivedBytes: totals.receivedBytes + record.receivedBytes,
      elapsedMs: totals.elapsedMs + record.elapsedMs,
    },
    downloads: [...statistics.downloads, record].slice(-DOWNLOADS_KEPT).map((kept, index, { length }) => (index < length - TIMELINES_KEPT ? withoutTimeline(kept) : kept)),
  };
}

/** So many bytes more that were given to others. */
export function withShared(statistics: ClientStatistics, bytes: number): ClientStatistics {
  if (bytes === 0) return statistics;
  const { totals } = statistics;
  return { ...statistics, totals: { ...totals, sharedBytes: (totals.sharedBytes ?? 0) + bytes } };
}

/** What is told where a few lines are enough. */
export function withoutTimeline({ timeline: _timeline, ...record }: DownloadRecord): DownloadRecord {
  return record;
}

/** `cliente-NOMBRE.json`; what a file name cannot have becomes `_`, and a few digits keep such names apart. */
export function statisticsFileName(clientName: string): string {
  const safe = clientName.replace(/[^\p{L}\p{N}._@-]/gu, '_').slice(0, SAFE_NAME_MAX);
  const isSame = safe === clientName && Buffer.byteLength(safe) <= SAFE_NAME_MAX;
  const digits = createHash('sha256').update(clientName).digest('hex').slice(0, 8);
  return isSame ? `cliente-${safe}.json` : `cliente-${firstBytes(safe, SAFE_NAME_MAX)}-${digits}.json`;
}

export function emptyStatistics(name: string): ClientStatistics {
  return {
    version: STATISTICS_VERSION,
    program: 'videocliente',
    name,
    savedAt: new Date(0).toISOString(),
    clientes: {},
    videos: {},
    totals: { downloads: 0, failed: 0, cancelled: 0, receivedBytes: 0, elapsedMs: 0 },
    downloads: [],
  };
}

function firstBytes(text: string, bytes: number): string {
  let fitted = '';
  for (const character of text) {
    if (Buffer.byteLength(fitted + character) > bytes) break;
    fitted += character;
  }
  return fitted;
}
