import { VideoError } from '../base/errors.ts';
import type { Messages } from '../base/messages/index.ts';
import type { TlsFiles } from '../domain/tls-files.ts';
import type { FlagTable } from './flags.ts';

/** Whom a program trusts that asks others. */
export const trustFlags = {
  tlsCa: { kind: 'text', placeholder: 'FILE', help: ({ access }) => access.flags.tlsCa },
} as const satisfies FlagTable;

/** What a program that is asked shows. */
export const tlsFlags = {
  tlsCertificado: { kind: 'text', placeholder: 'FILE', help: ({ access }) => access.flags.tlsCertificate },
  tlsClave: { kind: 'text', placeholder: 'FILE', help: ({ access }) => access.flags.tlsKey },
  ...trustFlags,
} as const satisfies FlagTable;

export interface TypedTls {
  readonly tlsCertificado?: string | undefined;
  readonly tlsClave?: string | undefined;
  readonly tlsCa: string | undefined;
}

/** The files that were named. @throws VideoError `usage` when one of a pair is missing */
export function tlsFilesOf({ tlsCertificado: certificate, tlsClave: key, tlsCa: ca }: TypedTls, messages: Messages): TlsFiles {
  if ((certificate === undefined) !== (key === undefined)) throw new VideoError('usage', { reason: messages.access.bothTlsFiles });
  return { served: certificate === undefined || key === undefined ? undefined : { certificate, key }, ca };
}

/** Who names an authority wants to be sure whom it asks: addresses that say nothing else are of HTTPS then. */
export function securedUrls(urls: readonly string[], ca: string | undefined): readonly string[] {
  return ca === undefined ? urls : urls.map(url => url.replace(/^http:/, 'https:'));
}
