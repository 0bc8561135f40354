import { isIP } from 'node:net';
import { VideoError } from '../../base/errors.ts';
import type { Messages } from '../../base/messages/index.ts';
import { SECOND_MS } from '../../base/units.ts';
import { byteRateOf } from '../byte-rate.ts';
import { centralUrlsOf } from '../central-urls.ts';
import type { FlagValues } from '../flags.ts';
import type { FolderSettings } from '../shared-folder/folder.ts';
import { securedUrls } from '../tls-flags.ts';
import type { peerProgram } from './flags.ts';

const PORT_MAX = 65_535;

/** Where a peer serves, and what. */
export interface PeerPlace {
  readonly ip: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly directory: string;
}

export interface PeerSettings {
  /** What was said on the command line; for the rest a person is asked. */
  readonly place: Partial<PeerPlace>;
  readonly centralUrls: readonly string[];
  /** How many may download from it at once; 0 refuses all. */
  readonly maxUploads: number;
  readonly uploadBytesPerSecond: number | undefined;
  /** What happens is told beside the lines that always are. */
  readonly isDetailed: boolean;
  readonly folder: FolderSettings;
}

/** @throws VideoError `invalid_flag` */
export function peerSettings(flags: FlagValues<typeof peerProgram.flags>, messages: Messages): PeerSettings {
  const { ip, puerto, directorio } = flags;
  if (ip !== undefined && parseIp(ip) === undefined) throw new VideoError('invalid_flag', { flag: '--ip', value: ip, expected: messages.peer.ipExpected });
  return {
    place: { ...(ip !== undefined && { ip }), ...(puerto !== undefined && { port: puerto }), ...(directorio !== undefined && { directory: directorio }) },
    centralUrls: securedUrls(centralUrlsOf(flags.ipCentral, flags.puertoCentral, messages), flags.tlsCa),
    maxUploads: flags.maxSubidas,
    uploadBytesPerSecond: byteRateOf(flags.limiteSubida, '--limite-subida', messages),
    isDetailed: flags.detalle,
    folder: { settleMs: 2 * SECOND_MS, rescanMs: 3 * SECOND_MS, retryMs: 60 * SECOND_MS },
  };
}

/** Undefined when it is no address. */
export function parseIp(typed: string): string | undefined {
  return isIP(typed) === 0 ? undefined : typed;
}

export function parsePort(typed: string, min = 0): number | undefined {
  const port = Number(typed);
  return /^\d{1,5}$/.test(typed) && port >= min && port <= PORT_MAX ? port : undefined;
}

/** `IP:PORT`, an IPv6 address between brackets, as the central tells it. */
export function addressOf(ip: string, port: number): string {
  return `${ip.includes(':') ? new URL(`http://[${ip}]`).hostname : ip}:${port}`;
}
