import { STATISTICS_VERSION } from '../statistics.ts';

/** What one run of `videocanal` did with one channel. */
export interface LiveSession {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly elapsedMs: number;
  /** From the start to the first whole block; none when none came. */
  readonly joinMs?: number;
  /** Whole ones that came, or that went on the air. */
  readonly blocks: number;
  /** Not there when they were to be shown. */
  readonly missedBlocks: number;
  /** Of those blocks. */
  readonly bytes: number;
  /** Of slices and blocks, to others. */
  readonly sentBytes: number;
  /** Others who stopped giving a slice. */
  readonly lostParents: number;
}

export type LiveTotals = Pick<LiveSession, 'elapsedMs' | 'blocks' | 'missedBlocks' | 'bytes' | 'sentBytes' | 'lostParents'> & { readonly sessions: number };

/** What is kept of a channel over all runs; the last sessions one by one. */
export interface LiveStatistics {
  readonly version: typeof STATISTICS_VERSION;
  readonly program: 'videocanal';
  readonly order: 'emitir' | 'ver';
  readonly channel: number;
  readonly savedAt: string;
  readonly totals: LiveTotals;
  readonly sessions: readonly LiveSession[];
}

export const SESSIONS_KEPT = 100;
export const SUMS_OF_SESSION = ['elapsedMs', 'blocks', 'missedBlocks', 'bytes', 'sentBytes', 'lostParents'] as const;

/** What was kept before, and this session. */
export function withSession(saved: LiveStatistics | undefined, place: Pick<LiveStatistics, 'order' | 'channel'>, session: LiveSession): Omit<LiveStatistics, 'savedAt'> {
  const before = saved?.totals;
  const sums = Object.fromEntries(SUMS_OF_SESSION.map(key => [key, (before?.[key] ?? 0) + session[key]])) as Omit<LiveTotals, 'sessions'>;
  return {
    version: STATISTICS_VERSION,
    program: 'videocanal',
    order: place.order,
    channel: place.channel,
    totals: { sessions: (before?.sessions ?? 0) + 1, ...sums },
    sessions: [...(saved?.sessions ?? []), session].slice(-SESSIONS_KEPT),
  };
}
