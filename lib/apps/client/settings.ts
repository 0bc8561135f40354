import { hostname, userInfo } from 'node:os';
import { VideoError } from '../../base/errors.ts';
import type { Messages } from '../../base/messages/index.ts';
import { limits } from '../../protocol/limits.ts';
import { byteRateOf } from '../byte-rate.ts';
import { chosenCentrals } from '../central-urls.ts';
import { securedUrls } from '../tls-flags.ts';

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
  readonly ipCentral: string | undefined;
  readonly puertoCentral: number | undefined;
  readonly nombre: string | undefined;
  readonly directorio: string;
  readonly tlsCa?: string | undefined;
  readonly limite: string | undefined;
  readonly estadisticas: string;
}

/** @throws VideoError `invalid_flag` */
export function clientSettings(flags: ClientFlags, messages: Messages): ClientSettings {
  return {
    centralUrls: securedUrls(chosenCentrals(flags, messages), flags.tlsCa),
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
