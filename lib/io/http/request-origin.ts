import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { isLoopback } from '../../domain/access.ts';

/** Where a request came to, as its sender names it: `http://casa.lan:50001`. Its `Host` has to have been checked. */
export function originOf({ headers: { host }, socket }: IncomingMessage): string {
  const { localAddress = '', localPort } = socket;
  const url = new URL(`${socket instanceof TLSSocket ? 'https' : 'http'}://${host}`);
  const { hostname } = url;
  const address = localAddress.replace(/^::ffff:/i, '');
  const isHere = hostname.replace(/^\[|\]$/g, '') === address || (hostname === 'localhost' && isLoopback(address));
  // wget2 1.99 leaves the port out of its Host. Where that is the very address of this end of the connection, no proxy
  // stands between, and the port is known.
  if (url.port === '' && isHere) url.port = String(localPort);
  return url.origin;
}
