import type { DownloadRecord } from '../statistics.ts';

/** Bytes a second of each source, as earlier downloads measured it. */
export type ExpectedRates = ReadonlyMap<string, number>;

/** Machines and networks change: what is older says little. */
const DOWNLOADS_REMEMBERED = 50;
/** After so many downloads without it a source is tried as if it were new: it may be better by now. */
const MISSED_AT_MOST = 3;
const WEIGHT_OF_NEWEST = 0.3;
/** Of what the best one gives: enough to be asked for something, whatever the file. */
const SHARE_OF_DISTRUSTED = 0.1;

interface Expectation {
  rate: number;
  /** Downloads in which it was not asked, since the last in which it was. */
  missed: number;
  /** Its parts were wrong the last time, or it gave none: what it gave says nothing of what it can. */
  isDistrusted: boolean;
}

/**
 * What to expect of each source before anything was measured: an exponentially weighted mean of what it gave in the last
 * downloads, oldest first; a tenth of the best one's of a source that sent wrong parts or nothing the last time, so that it is
 * tried again; and nothing is known of one that was not asked for long.
 */
export function expectedRates(downloads: readonly DownloadRecord[]): ExpectedRates {
  const expectations = new Map<string, Expectation>();
  for (const { sources } of downloads.slice(-DOWNLOADS_REMEMBERED)) {
    for (const expectation of expectations.values()) expectation.missed += 1;
    for (const { id, rate, hashFailures } of sources) {
      const before = expectations.get(id)?.rate ?? rate;
      expectations.set(id, { rate: before + WEIGHT_OF_NEWEST * (rate - before), missed: 0, isDistrusted: hashFailures > 0 || rate === 0 });
    }
  }
  const recent = [...expectations].filter(([, { missed }]) => missed <= MISSED_AT_MOST);
  const ofDistrusted = SHARE_OF_DISTRUSTED * Math.max(0, ...recent.map(([, { rate }]) => rate));
  return new Map(recent.map(([id, { rate, isDistrusted }]) => [id, isDistrusted ? ofDistrusted : rate]));
}
