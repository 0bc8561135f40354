import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { VideoError } from '../../base/errors.ts';
import type { TlsFiles } from '../../domain/tls-files.ts';
import { limits } from '../../protocol/limits.ts';
import { readSmallText } from '../files/read-small-text.ts';

/** What a server of HTTPS shows, as Node takes it. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
}

export interface Tls {
  readonly server: ServerTls | undefined;
  /** PEM; undefined for those that Node trusts. */
  readonly ca: string | undefined;
}

/**
 * Reads the files and sees that they are what they should be, before anything depends on it.
 *
 * @throws VideoError `path_not_readable`; `tls_invalid` for what is no certificate, no key, or a key of another
 * certificate; or the signal's reason
 */
export async function openTls({ served, ca }: TlsFiles, { signal = new AbortController().signal }: { readonly signal?: AbortSignal } = {}): Promise<Tls> {
  const read = (path: string) => readSmallText(path, { maxBytes: limits.pemMaxBytes, signal });
  const caText = ca === undefined ? undefined : await read(ca);
  if (caText !== undefined) certificateOf(caText, ca!);
  if (!served) return { server: undefined, ca: caText };

  const [cert, key] = [await read(served.certificate), await read(served.key)];
  const certificate = certificateOf(cert, served.certificate);
  if (!certificate.checkPrivateKey(keyOf(key, served.key))) throw new VideoError('tls_invalid', { path: served.key, problem: 'mismatch' });
  return { server: { cert, key }, ca: caText };
}

/** Of a chain, the first. */
function certificateOf(text: string, path: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw new VideoError('tls_invalid', { path, problem: 'certificate' }, { cause: error });
  }
}

function keyOf(text: string, path: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new VideoError('tls_invalid', { path, problem: 'key' }, { cause: error });
  }
}
