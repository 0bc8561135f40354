import { systemCodeOf } from '../../base/errors.ts';

/** Whether a certificate was not believed, as OpenSSL and Node call it. */
export function isDistrust(error: unknown): boolean {
  return /CERT|SELF_SIGNED|ISSUER|^ERR_TLS_/.test(systemCodeOf(error) ?? '');
}
