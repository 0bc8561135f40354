import type { DownloadRecord, SourceRecord } from '../../domain/statistics.ts';

export interface Evidence {
  readonly record: DownloadRecord | undefined;
  /** Of the video before and after its journey. */
  readonly originalSha256: string;
  readonly downloadedSha256: string;
  /** The source that died, as the client names it. */
  readonly victimId: string;
}

export type Verdict =
  | { readonly isProved: true; readonly record: DownloadRecord; readonly victim: SourceRecord }
  | { readonly isProved: false; readonly missing: 'record' | 'identical' | 'rescue' };

/** What the demonstration set out to show: the file is identical, and what the dead source owed came from the others. */
export function verdictOf({ record, originalSha256, downloadedSha256, victimId }: Evidence): Verdict {
  if (record?.outcome !== 'done') return { isProved: false, missing: 'record' };
  if (originalSha256 !== downloadedSha256) return { isProved: false, missing: 'identical' };
  const victim = record.sources.find(({ id }) => id === victimId);
  const given = record.sources.reduce((sum, { bytes }) => sum + bytes, 0);
  const isRescued = victim !== undefined && victim.failures > 0 && victim.reassignedParts > 0 && given === record.sizeBytes;
  return isRescued ? { isProved: true, record, victim } : { isProved: false, missing: 'rescue' };
}
