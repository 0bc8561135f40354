import { hostname } from 'node:os';
import type { AddressInfo, Server } from 'node:net';
import { systemCodeOf, VideoError } from '../../base/errors.ts';

export interface ListenAddress {
  readonly ip: string;
  /** 0 takes any free port; the answer tells which. */
  readonly port: number;
}

/**
 * Starts to accept connections, and tells where. Any server of TCP will do, one of HTTP included.
 *
 * @throws VideoError `port_in_use`, `address_unavailable`, `listen_denied`
 */
export async function listen(server: Server, { ip, port }: ListenAddress): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    const onError = (error: Error) => {
      server.off('listening', onListening);
      reject(toListenError(error, { ip, port }));
    };
    const onListening = () => {
      server.off('error', onError);
      resolve();
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen({ host: ip, port });
  });
  return server.address() as AddressInfo;
}

/** `http://127.0.0.1:50001`; an IPv6 address gets its brackets. */
export function urlOf({ address, port }: Pick<AddressInfo, 'address' | 'port'>, { isTls = false }: { readonly isTls?: boolean } = {}): string {
  return `${isTls ? 'https' : 'http'}://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** What a server there is called by those who reach it: its address, the machine's name, also as mDNS tells it, and `others`. */
export function ownNames({ ip }: ListenAddress, others: readonly string[] = []): readonly string[] {
  return [ip, hostname(), `${hostname()}.local`, ...others];
}

function toListenError(error: Error, { ip, port }: ListenAddress): Error {
  switch (systemCodeOf(error)) {
    case 'EADDRINUSE':
      return new VideoError('port_in_use', { ip, port }, { cause: error });
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new VideoError('address_unavailable', { ip }, { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new VideoError('listen_denied', { ip, port }, { cause: error });
    default:
      return error;
  }
}
