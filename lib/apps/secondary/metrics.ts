import { by, counter, gauge, type Metric } from '../../base/metric.ts';
import { SECOND_MS } from '../../base/units.ts';
import type { SecondaryStatistics } from '../../domain/statistics.ts';
import type { CentralState } from './heartbeat.ts';
import type { ScrubStatus } from './scrubber.ts';

/** What the metrics of a secondary are made of. */
export interface MeasuredSecondary {
  readonly totals: SecondaryStatistics['totals'];
  /** Answers that run now. */
  readonly requests: readonly { readonly bytes: number }[];
  readonly files: { readonly size: number };
  readonly damaged: { readonly size: number };
  readonly copies: { readonly length: number };
  readonly uploads: { readonly length: number };
  readonly scrub: ScrubStatus;
  readonly central: CentralState;
  space(): Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
}

/** What a secondary tells Prometheus. */
export async function secondaryMetrics(state: MeasuredSecondary): Promise<readonly Metric[]> {
  const { totals, requests, files, damaged, copies, uploads, scrub, central } = state;
  const servedBytes = requests.reduce((bytes, request) => bytes + request.bytes, totals.servedBytes);
  const space = await state.space().catch(() => undefined);
  return [
    counter('videopartes_secondary_served_bytes_total', 'Bytes of files sent, in all runs of this secondary', servedBytes),
    counter('videopartes_secondary_served_requests_total', 'Answers with bytes of files that ended, in all runs', totals.requests),
    counter('videopartes_secondary_copies_total', 'Copies of others that ended, in all runs, by outcome', by('outcome', { done: totals.copies, failed: totals.failedCopies })),
    counter('videopartes_secondary_copied_bytes_total', 'Bytes of finished copies, in all runs', totals.copiedBytes),
    gauge('videopartes_secondary_active_requests', 'Answers with bytes of files that run', requests.length),
    gauge('videopartes_secondary_active_copies', 'Copies of others that run', copies.length),
    gauge('videopartes_secondary_active_uploads', 'Files that somebody is sending', uploads.length),
    gauge('videopartes_secondary_files', 'Replicas that are served', files.size),
    gauge('videopartes_secondary_damaged_files', 'Replicas with bad parts', damaged.size),
    ...(space
      ? [
          gauge('videopartes_secondary_free_bytes', 'Room for replicas', space.freeBytes),
          gauge('videopartes_secondary_capacity_bytes', 'Size of the disk', space.totalBytes),
        ]
      : []),
    gauge('videopartes_secondary_central_up', 'Whether the central answered the last heartbeat', central === 'reached' ? 1 : 0),
    ...scrubMetrics(scrub),
  ];
}

function scrubMetrics({ oldestReadAtMs, rate, doubted }: ScrubStatus): readonly Metric[] {
  return [
    gauge('videopartes_secondary_scrub_bytes_per_second', 'How fast replicas are read again now', rate),
    gauge('videopartes_secondary_scrub_doubted_files', 'Replicas that somebody doubts and that were not read yet', doubted),
    ...(oldestReadAtMs === undefined
      ? []
      : [gauge('videopartes_secondary_scrub_oldest_read_timestamp_seconds', 'When the replica was read that was read longest ago, since 1970', oldestReadAtMs / SECOND_MS)]),
  ];
}
