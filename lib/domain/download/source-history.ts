import type { DownloadRecord } from '../statistics.ts';

/** Bytes a second of each source, as earlier downloads measured it. */
export type ExpectedRates = ReadonlyMap<string, number>;

/** Machines and networks change: what is older says little. */
const DOWNLOADS_REMEMBERED = 50;
const WEIGHT_OF_NEWEST = 0.3;

/**
 * What to expect of each source before anything was measured: an exponentially weighted mean of what it gave in the last
 * downloads, oldest first. Of one whose parts were wrong the last time nothing is expected.
 */
export function expectedRates(downloads: readonly DownloadRecord[]): ExpectedRates {
  const rates = new Map<string, number>();
  for (const { sources } of downloads.slice(-DOWNLOADS_REMEMBERED)) {
    for (const { id, rate, hashFailures } of sources) {
      const before = rates.get(id) ?? rate;
      rates.set(id, hashFailures > 0 ? 0 : before + WEIGHT_OF_NEWEST * (rate - before));
    }
  }
  return rates;
}
