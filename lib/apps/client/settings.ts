import { hostname, userInfo } from 'node:os';
import { VideoError } from '../../base/errors.ts';
import type { Messages } from '../../base/messages/index.ts';
import { limits } from '../../protocol/limits.ts';
import { byteRateOf } from '../byte-rate.ts';
import { centralUrlsOf } from '../central-urls.ts';

/** Downloads that the console runs at once; the others wait for one to end. */
export const SIMULTANEOUS_DOWNLOADS = 3;

export interface ClientSettings {
  readonly centralUrls: readonly string[];
  readonly clientName: string;
  /** Where downloaded files go. */
  readonly directory: string;
  /** Bytes a second that all the downloads together may take. */
  readonly limit: number | undefined;
  readonly statisticsDirectory: string;
}

export interface ClientFlags {
  readonly ipCentral: string;
  readonly puertoCentral: number;
  readonly nombre: string | undefined;
  readonly directorio: string;
  readonly limite: string | undefined;
  readonly estadisticas: string;
}

/** @throws VideoError `invalid_flag` */
export function clientSettings(flags: ClientFlags, messages: Messages): ClientSettings {
  return {
    centralUrls: centralUrlsOf(flags.ipCentral, flags.puertoCentral, messages),
    clientName: clientNameOf(flags.nombre ?? defaultClientName(), '--nombre', messages),
    directory: flags.directorio,
    limit: byteRateOf(flags.limite, '--limite', messages),
    statisticsDirectory: flags.estadisticas,
  };
}

/** A name that the central takes; `typedAs` is the flag or command that gave it. */
export function clientNameOf(name: string, typedAs: string, messages: Messages): string {
  const trimmed = name.trim();
  if (trimmed !== '' && trimmed.length <= limits.clientNameMaxLength) return trimmed;
  const expected = messages.client.nameExpected(limits.clientNameMaxLength);
  throw new VideoError('invalid_flag', { flag: typedAs, value: name, expected });
}

function defaultClientName(): string {
  return `${userName()}@${hostname()}`.slice(0, limits.clientNameMaxLength);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers may run as a user that has no name.
    return process.env['USER'] || 'cliente';
  }
}
