import { createServer } from 'node:net';
import { listen } from './listen.ts';

/** Ports of `ip` that nobody listens on now. Whoever wants them should be quick. */
export async function freePorts(count: number, ip = '127.0.0.1'): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  // All at once, so that they differ.
  const addresses = await Promise.all(servers.map(server => listen(server, { ip, port: 0 })));
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return addresses.map(({ port }) => port);
}
