import { networkInterfaces } from 'node:os';

/** An IPv4 address of this machine that is not loopback; undefined when it has none. */
export const outerAddress = Object.values(networkInterfaces())
  .flatMap(addresses => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
