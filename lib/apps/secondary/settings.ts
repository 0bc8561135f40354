import { VideoError } from '../../base/errors.ts';
import { SECOND_MS } from '../../base/units.ts';
import { defaultScrub, type ScrubSettings } from '../../domain/scrub.ts';
import type { TlsFiles } from '../../domain/tls-files.ts';
import { limits } from '../../protocol/limits.ts';
import type { FolderSettings } from '../shared-folder/folder.ts';

export const SECONDARY_FIRST_PORT = 50_000;
const PORT_MAX = 65_535;

export interface SecondarySettings extends FolderSettings {
  /** Any integer ≥ 1. */
  readonly number: number;
  readonly ip: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Where clients reach it, when it is neither `ip` nor the address that the central sees. */
  readonly host?: string | undefined;
  readonly centralUrls: readonly string[];
  readonly directory: string;
  readonly statisticsDirectory: string;
  readonly secret?: string | undefined;
  readonly tls: TlsFiles;
  /** What is lost together with this one: two replicas of a file are not put there while another zone has room. */
  readonly zone?: string | undefined;
  readonly saveStatisticsEveryMs: number;
  /** How soon, and how fast, what is stored is read again. */
  readonly scrub: ScrubSettings;
}

export type SecondaryChoices = Pick<SecondarySettings, 'number' | 'centralUrls'> & {
  readonly [Key in keyof SecondarySettings]?: SecondarySettings[Key] | undefined;
};

/**
 * Completes what was chosen with what is usual.
 *
 * @throws VideoError `invalid_flag` when the number has no port of its own and none was chosen, or the zone has no name
 */
export function secondarySettings(choices: SecondaryChoices): SecondarySettings {
  const { number } = choices;
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new VideoError('invalid_flag', { flag: '--numero', value: String(number), expected: '1, 2, 3…' });
  }
  return {
    number,
    ip: choices.ip ?? '127.0.0.1',
    port: choices.port ?? portOf(number),
    host: choices.host,
    centralUrls: choices.centralUrls,
    directory: choices.directory ?? `./videos${number}`,
    statisticsDirectory: choices.statisticsDirectory ?? './stats',
    secret: choices.secret,
    tls: choices.tls ?? {},
    zone: choices.zone === undefined ? undefined : zoneOf(choices.zone),
    settleMs: choices.settleMs ?? 2 * SECOND_MS,
    rescanMs: choices.rescanMs ?? 3 * SECOND_MS,
    retryMs: choices.retryMs ?? 60 * SECOND_MS,
    saveStatisticsEveryMs: choices.saveStatisticsEveryMs ?? 30 * SECOND_MS,
    scrub: choices.scrub ?? defaultScrub,
  };
}

function zoneOf(typed: string): string {
  const zone = typed.trim();
  if (zone !== '' && zone.length <= limits.zoneMaxLength) return zone;
  throw new VideoError('invalid_flag', { flag: '--zona', value: typed, expected: `1–${limits.zoneMaxLength}` });
}

function portOf(number: number): number {
  const port = SECONDARY_FIRST_PORT + number;
  if (port <= PORT_MAX) return port;
  throw new VideoError('invalid_flag', {
    flag: '--puerto',
    value: `${SECONDARY_FIRST_PORT} + ${number}`,
    expected: `0–${PORT_MAX}`,
  });
}
