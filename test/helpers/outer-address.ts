import { networkInterfaces } from 'node:os';

const outerAddresses = Object.values(networkInterfaces())
  .flatMap(addresses => addresses ?? [])
  // A link's own address is none without the link.
  .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));

/** An address of this machine that is not loopback; undefined when it has none of the family. */
const outerAddressOf = (wanted: 'IPv4' | 'IPv6') => outerAddresses.find(({ family }) => family === wanted)?.address;

export const outerAddress = outerAddressOf('IPv4');
export const outerAddress6 = outerAddressOf('IPv6');
