import { SUMS_OF_SESSION, type LiveStatistics } from './live/live-statistics.ts';
import {
  STATISTICS_VERSION,
  type ClientStatistics,
  type SavedCentralStatistics,
  type SecondaryStatistics,
} from './statistics.ts';
import { RESOLUTIONS, SERIES_KEYS } from './time-series.ts';

/**
 * Whether what was read is something to go on counting from: of ours, of this version, every sum a number. The JSON
 * Schemas in `stats/` say the whole of it.
 */
export function isClientStatistics(value: unknown): value is ClientStatistics {
  return (
    isOurs(value, 'videocliente') &&
    typeof value['name'] === 'string' &&
    hasSums(value['totals'], ['downloads', 'failed', 'cancelled', 'receivedBytes', 'elapsedMs']) &&
    isAbsentOr((value['totals'] as Fields)['sharedBytes'], isSum) &&
    isList(value['downloads'])
  );
}

/** What version 0.1.0 did not save may be absent. */
export function isCentralStatistics(value: unknown): value is SavedCentralStatistics {
  return (
    isOurs(value, 'videocentral') &&
    hasSums(value['totals'], ['downloads', 'failed', 'cancelled', 'expired', 'receivedBytes']) &&
    isList(value['downloads']) &&
    isAbsentOr(value['byNode'], isNodes) &&
    isAbsentOr(value['series'], isSeries) &&
    isAbsentOr(value['topics'], isTopics)
  );
}

export function isSecondaryStatistics(value: unknown): value is SecondaryStatistics {
  return (
    isOurs(value, 'videosecundario') &&
    isSum(value['number']) &&
    hasSums(value['totals'], ['requests', 'servedBytes', 'copies', 'copiedBytes', 'failedCopies'])
  );
}

export function isLiveStatistics(value: unknown): value is LiveStatistics {
  return isFields(value) && value['version'] === STATISTICS_VERSION && value['program'] === 'videocanal' && hasSums(value['totals'], ['sessions', ...SUMS_OF_SESSION]) && isList(value['sessions']);
}

function isNodes(value: unknown): boolean {
  return isFields(value) && Object.values(value).every(node => hasSums(node, ['downloads', 'bytes', 'failures', 'hashFailures', 'reassignedParts']));
}

function isSeries(value: unknown): boolean {
  return isFields(value) && RESOLUTIONS.every(resolution => isListOf(value[resolution], slot => hasSums(slot, ['startsAtMs', ...SERIES_KEYS])));
}

function isTopics(value: unknown): boolean {
  const isEntry = (entry: Fields) => typeof entry['key'] === 'string' && ['count', 'sum', 'min', 'max', 'last', 'lastAtMs'].every(key => Number.isFinite(entry[key]));
  return isListOf(value, topic => typeof topic['topic'] === 'string' && isListOf(topic['entries'], isEntry));
}

type Fields = Readonly<Record<string, unknown>>;

function isOurs(value: unknown, program: string): value is Fields {
  return (
    isFields(value) &&
    value['version'] === STATISTICS_VERSION &&
    value['program'] === program &&
    isCounts(value['clientes']) &&
    isCounts(value['videos'])
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): boolean {
  return isFields(value) && Object.values(value).every(isSum);
}

function hasSums(value: unknown, keys: readonly string[]): boolean {
  return isFields(value) && keys.every(key => isSum(value[key]));
}

function isSum(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isList(value: unknown): boolean {
  return isListOf(value, () => true);
}

function isListOf(value: unknown, isValid: (item: Fields) => boolean): boolean {
  return Array.isArray(value) && value.every(item => isFields(item) && isValid(item));
}

function isAbsentOr(value: unknown, isValid: (value: unknown) => boolean): boolean {
  return value === undefined || isValid(value);
}
