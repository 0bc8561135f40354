import type { DownloadResult } from '../../domain/download/download.ts';
import type { FilePlan } from '../../domain/download/file-plan.ts';
import type { DownloadRecord } from '../../domain/statistics.ts';

export interface DownloadFacts {
  readonly plan: FilePlan;
  readonly name: string;
  readonly path: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly waitedMs: number;
  readonly elapsedMs: number;
  /** Whether the bytes were compared with something. */
  readonly isVerified?: boolean;
}

/** A download that ended, as the statistics keep it. */
export function recordOf({ plan, isVerified = true, ...facts }: DownloadFacts, result: DownloadResult): DownloadRecord {
  const { name, path, startedAt } = facts;
  const transferMs = facts.elapsedMs - facts.waitedMs;
  return {
    name,
    id: plan.id,
    sizeBytes: plan.sizeBytes,
    path,
    outcome: result.outcome,
    startedAt,
    elapsedMs: Math.round(facts.elapsedMs),
    waitedMs: Math.round(facts.waitedMs),
    rate: transferMs > 0 ? Math.round((result.receivedBytes / transferMs) * 1000) : 0,
    parts: plan.partHashes.length,
    receivedBytes: result.receivedBytes,
    resumedBytes: result.resumedBytes,
    duplicateBytes: result.duplicateBytes,
    retries: result.retries,
    sources: result.sources,
    ...(result.timeline.length > 0 && { timeline: result.timeline }),
    ...(!isVerified && { verified: false as const }),
    ...(result.error && result.outcome === 'failed' && { error: result.error.code }),
  };
}
