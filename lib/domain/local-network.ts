/** An IPv4 address of this machine and the network that it is in. */
export interface LocalAddress {
  readonly address: string;
  readonly netmask: string;
}

const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** Whether an IPv4 address is in the network of `local`, so that either reaches the other directly. */
export function isNeighbour(address: string, local: LocalAddress): boolean {
  const mask = numberOf(local.netmask);
  return IPV4.test(address) && (numberOf(address) & mask) === (numberOf(local.address) & mask);
}

/** The IPv4 addresses of a machine at which others reach a server that listens on `ip`; none when it listens on IPv6 alone. */
export function addressesServed(ip: string, local: readonly LocalAddress[]): readonly LocalAddress[] {
  if (ANY_ADDRESS.has(ip)) return local;
  const address = ip === 'localhost' ? '127.0.0.1' : ip;
  // All of 127/8 is this machine, and only one of its addresses is told by the system.
  const network = local.find(candidate => isNeighbour(address, candidate));
  return network ? [{ address, netmask: network.netmask }] : [];
}

function numberOf(address: string): number {
  return address.split('.').reduce((value, byte) => (value << 8) | Number(byte), 0);
}
