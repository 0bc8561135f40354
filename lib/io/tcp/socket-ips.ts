import type { Socket } from 'node:net';

/** Who is at the other end, an IPv4 address as such; empty when the connection is gone already. */
export function remoteIpOf({ remoteAddress = '' }: Socket): string {
  return plain(remoteAddress);
}

/** At which of our addresses the connection came in; the same holds. */
export function localIpOf({ localAddress = '' }: Socket): string {
  return plain(localAddress);
}

function plain(address: string): string {
  return address.replace(/^::ffff:/i, '');
}
