import type { Resolution, SeriesAmounts, SeriesSlot } from './time-series.ts';
import type { Topic } from './topics.ts';

/**
 * What programs count and keep. The top-level `clientes` and `videos` are the keys of the files that the ancestors
 * of these programs saved: name → number of finished downloads. `stats/README.md` and the JSON Schema beside it
 * document each file.
 */
export const STATISTICS_VERSION = 1;

export type Counts = Readonly<Record<string, number>>;

export type DownloadOutcome = 'done' | 'failed' | 'cancelled';

/** What one source gave to one download. Rates are bytes a second. */
export interface SourceRecord {
  readonly id: string;
  readonly bytes: number;
  readonly parts: number;
  readonly rate: number;
  /** Requests that ended in an error or in silence. */
  readonly failures: number;
  /** Parts it was asked for that another source had to give. */
  readonly reassignedParts: number;
  readonly hashFailures: number;
  readonly duplicateBytes: number;
}

/** `failed`: an error or silence; `corrupt`: a wrong part; `cancelled`: called off, because it was no longer needed, its source had failed, or the download ended. */
export type RunOutcome = 'done' | 'failed' | 'corrupt' | 'cancelled';

/** Requests to one source: a single one, or several that followed one another and ended alike. */
export interface TimelineRun {
  readonly source: string;
  /** From 0. Where several requests are told as one, other sources may have been asked for parts in between. */
  readonly firstPart: number;
  readonly lastPart: number;
  /** That came of it, right and as the first ones. */
  readonly parts: number;
  readonly requests: number;
  /** Since the bytes were first asked for. */
  readonly startMs: number;
  readonly endMs: number;
  readonly outcome: RunOutcome;
}

export interface DownloadRecord {
  readonly name: string;
  readonly id: string;
  readonly sizeBytes: number;
  readonly path: string;
  readonly outcome: DownloadOutcome;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly elapsedMs: number;
  /** Time in the central's waiting list, part of `elapsedMs`. */
  readonly waitedMs: number;
  /** Received bytes a second. */
  readonly rate: number;
  readonly parts: number;
  /** Bytes that came over the network and entered the file. */
  readonly receivedBytes: number;
  /** Bytes that were already there from an earlier run. */
  readonly resumedBytes: number;
  readonly duplicateBytes: number;
  readonly retries: number;
  readonly sources: readonly SourceRecord[];
  /** Who was asked for what and when, the earliest first; only of the last downloads of a file. */
  readonly timeline?: readonly TimelineRun[];
  /** Only when nothing was known to compare the bytes with. */
  readonly verified?: false;
  /** Error code, when the outcome is `failed`. */
  readonly error?: string;
}

/** Saved downloads a file keeps; older ones live on in the counts. */
export const DOWNLOADS_KEPT = 1000;
/** Of those, the last ones keep their timeline, which is many times as long as the rest of them. */
export const TIMELINES_KEPT = 20;

export interface ClientStatistics {
  readonly version: typeof STATISTICS_VERSION;
  readonly program: 'videocliente';
  readonly name: string;
  readonly savedAt: string;
  readonly clientes: Counts;
  readonly videos: Counts;
  readonly totals: {
    readonly downloads: number;
    readonly failed: number;
    readonly cancelled: number;
    readonly receivedBytes: number;
    readonly elapsedMs: number;
    /** Given to others; absent where nothing ever was. */
    readonly sharedBytes?: number;
  };
  readonly downloads: readonly DownloadRecord[];
}

/** A download as the central saw it. */
export interface TicketRecord {
  readonly client: string;
  readonly name: string;
  readonly outcome: DownloadOutcome | 'expired';
  readonly openedAt: string;
  readonly waitedMs: number;
  readonly elapsedMs: number;
  readonly receivedBytes: number;
  /** As `SourceRecord` counts them, of all its sources together; absent where nobody told. */
  readonly failures?: number;
  readonly hashFailures?: number;
  readonly reassignedParts?: number;
}

/** What one secondary gave to all downloads, as clients reported it. */
export interface NodeTotals {
  /** Downloads to which it gave bytes, however they ended. */
  readonly downloads: number;
  readonly bytes: number;
  readonly failures: number;
  readonly hashFailures: number;
  readonly reassignedParts: number;
}

export type CentralTotals = Omit<SeriesAmounts, 'bytes' | 'done'> & { readonly downloads: number; readonly receivedBytes: number };

export interface CentralStatistics {
  readonly version: typeof STATISTICS_VERSION;
  readonly program: 'videocentral';
  readonly savedAt: string;
  readonly clientes: Counts;
  readonly videos: Counts;
  readonly totals: CentralTotals;
  /** Number of a secondary → what it gave. */
  readonly byNode: Readonly<Record<string, NodeTotals>>;
  readonly series: { readonly [R in Resolution]: readonly SeriesSlot[] };
  readonly topics: readonly Topic[];
  readonly downloads: readonly TicketRecord[];
}

/** As a file may have them: version 0.1.0 saved no sums by secondary, no series and no topics. */
export type SavedCentralStatistics = Omit<CentralStatistics, 'totals' | 'byNode' | 'series' | 'topics'> &
  Partial<Pick<CentralStatistics, 'byNode' | 'series' | 'topics'>> & {
    readonly totals: Pick<CentralTotals, 'downloads' | 'failed' | 'cancelled' | 'expired' | 'receivedBytes'> & Partial<CentralTotals>;
  };

/** What was saved, completed with what is counted since; without anything saved, nothing counted yet. */
export function centralStatistics(saved?: SavedCentralStatistics): CentralStatistics {
  return {
    version: STATISTICS_VERSION,
    program: 'videocentral',
    savedAt: saved?.savedAt ?? new Date(0).toISOString(),
    clientes: saved?.clientes ?? {},
    videos: saved?.videos ?? {},
    totals: { downloads: 0, failed: 0, cancelled: 0, expired: 0, receivedBytes: 0, waitedMs: 0, failures: 0, hashFailures: 0, reassignedParts: 0, ...saved?.totals },
    byNode: saved?.byNode ?? {},
    series: saved?.series ?? { minute: [], hour: [] },
    topics: saved?.topics ?? [],
    downloads: saved?.downloads ?? [],
  };
}

export interface SecondaryStatistics {
  readonly version: typeof STATISTICS_VERSION;
  readonly program: 'videosecundario';
  readonly number: number;
  readonly savedAt: string;
  /** Client address → downloads in which it took part. */
  readonly clientes: Counts;
  /** Video → downloads in which it took part. */
  readonly videos: Counts;
  readonly totals: { readonly requests: number; readonly servedBytes: number; readonly copies: number; readonly copiedBytes: number; readonly failedCopies: number };
}

/** Names that are counted; `totals` has the sum of all. */
export const NAMES_COUNTED = 10_000;

/** A new name, when there are already too many, takes the place of the one with the lowest count. */
export function increment(counts: Counts, key: string, by = 1): Counts {
  if (Object.hasOwn(counts, key)) return { ...counts, [key]: counts[key]! + by };
  const names = Object.keys(counts);
  if (names.length < NAMES_COUNTED) return { ...counts, [key]: by };
  const leaving = names.reduce((lowest, name) => (counts[name]! < counts[lowest]! ? name : lowest));
  const { [leaving]: _count, ...kept } = counts;
  return { ...kept, [key]: by };
}
