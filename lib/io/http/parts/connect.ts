import { connect, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { PartEndpoint } from './part-connection.ts';

/** A socket that reads into the memory it is given, in the clear or by TLS; what is written before it is open waits. */
export function connectTo({ host, port, tls }: PartEndpoint, onread: OnReadOpts): Socket {
  if (!tls) return connect({ host, port, noDelay: true, onread });
  const { ca } = tls;
  // A certificate for an address is looked for by the address; the name that TLS sends can be none.
  const options: ConnectionOptions & { readonly onread: OnReadOpts } = { host, port, onread, ...(ca !== undefined && { ca }), ...(isIP(host) === 0 && { servername: host }) };
  const socket = connectTls(options);
  socket.setNoDelay(true);
  return socket;
}
