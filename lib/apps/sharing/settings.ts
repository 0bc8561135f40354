import { isIP } from 'node:net';
import { VideoError } from '../../base/errors.ts';
import type { Messages } from '../../base/messages/index.ts';
import { isLoopback } from '../../domain/access.ts';
import { byteRateOf } from '../byte-rate.ts';
import { typedName } from '../flags.ts';

export interface SharingSettings {
  readonly directory: string;
  /** Where it serves: at the first of them that this machine has. */
  readonly ips: readonly [string, ...string[]];
  /** 0 takes any free one. */
  readonly port: number;
  /** How many may download from it at once; 0 refuses all. */
  readonly maxUploads: number;
  readonly uploadBytesPerSecond: number | undefined;
}

export interface SharingFlags {
  readonly compartir: boolean;
  readonly ip: string | undefined;
  readonly puerto: number | undefined;
  readonly maxSubidas: number | undefined;
  readonly limiteSubida: string | undefined;
}

export interface SharingPlace {
  readonly directory: string;
  readonly centralUrls: readonly string[];
}

/** Unless somebody says another number. */
export const MAX_UPLOADS = 16;

/**
 * Undefined when nothing is to be shared.
 *
 * @throws VideoError `usage` when something is said of sharing all the same, `invalid_flag`
 */
export function sharingSettings(flags: SharingFlags, { directory, centralUrls }: SharingPlace, messages: Messages): SharingSettings | undefined {
  const { compartir, ip, puerto, maxSubidas, limiteSubida } = flags;
  if (!compartir) {
    const [lonely] = Object.entries({ ip, puerto, maxSubidas, limiteSubida }).flatMap(([key, value]) => (value === undefined ? [] : [key]));
    if (lonely !== undefined) throw new VideoError('usage', { reason: messages.sharing.onlyForSharing(typedName(lonely), meantByMistake(lonely)) });
    return undefined;
  }
  if (ip !== undefined && isIP(ip) === 0) throw new VideoError('invalid_flag', { flag: '--ip', value: ip, expected: messages.peer.ipExpected });
  return {
    directory,
    ips: ip === undefined ? usualIps(centralUrls) : [ip],
    port: puerto ?? 0,
    maxUploads: maxSubidas ?? MAX_UPLOADS,
    uploadBytesPerSecond: byteRateOf(limiteSubida, '--limite-subida', messages),
  };
}

/** Who reaches the central over the network is seen by it there, at an address of either kind; not every machine has both. */
function usualIps(centralUrls: readonly string[]): SharingSettings['ips'] {
  return centralUrls.every(isHere) ? ['127.0.0.1'] : ['::', '0.0.0.0'];
}

/** The central's flag of almost that name. */
function meantByMistake(key: string): string | undefined {
  return key === 'ip' || key === 'puerto' ? typedName(`${key}Central`) : undefined;
}

/** Of an address on this machine; what is looked up elsewhere is none. */
function isHere(place: string): boolean {
  if (!/^https?:/.test(place)) return false;
  return isLoopback(new URL(place).hostname.replace(/^\[(.*)\]$/, '$1'));
}
