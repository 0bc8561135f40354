import {
  STATISTICS_VERSION,
  type CentralStatistics,
  type ClientStatistics,
  type SecondaryStatistics,
} from './statistics.ts';

/**
 * Whether what was read is something to go on counting from: of ours, of this version, every sum a number. The JSON
 * Schemas in `stats/` say the whole of it.
 */
export function isClientStatistics(value: unknown): value is ClientStatistics {
  return (
    isOurs(value, 'videocliente') &&
    typeof value['name'] === 'string' &&
    hasSums(value['totals'], ['downloads', 'failed', 'cancelled', 'receivedBytes', 'elapsedMs']) &&
    isList(value['downloads'])
  );
}

export function isCentralStatistics(value: unknown): value is CentralStatistics {
  return (
    isOurs(value, 'videocentral') &&
    hasSums(value['totals'], ['downloads', 'failed', 'cancelled', 'expired', 'receivedBytes']) &&
    isList(value['downloads'])
  );
}

export function isSecondaryStatistics(value: unknown): value is SecondaryStatistics {
  return (
    isOurs(value, 'videosecundario') &&
    isSum(value['number']) &&
    hasSums(value['totals'], ['requests', 'servedBytes', 'copies', 'copiedBytes', 'failedCopies'])
  );
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
  return Array.isArray(value) && value.every(isFields);
}
