import { networkInterfaces } from 'node:os';
import type { LocalAddress } from '../../domain/local-network.ts';

/** The IPv4 addresses of this machine, loopback included. */
export function localAddresses(): readonly LocalAddress[] {
  return Object.values(networkInterfaces())
    .flatMap(addresses => addresses ?? [])
    .filter(({ family }) => family === 'IPv4')
    .map(({ address, netmask }) => ({ address, netmask }));
}
