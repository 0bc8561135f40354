import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { ownLoopback } from './loopback.ts';
import type { Teardown } from './programs.ts';

/**
 * The way out of a network that nobody comes into: who connects here is connected to the target, and seen there as coming from an
 * address where he does not listen.
 */
export async function openWayOut(t: Teardown, target: { readonly ip: string; readonly port: number }): Promise<{ readonly ip: string; readonly port: number }> {
  const [ip, outer] = [ownLoopback(), ownLoopback()];
  const server = createServer({ allowHalfOpen: true }, inner => {
    const socket = connect({ host: target.ip, port: target.port, localAddress: outer, allowHalfOpen: true });
    inner.pipe(socket).pipe(inner);
    inner.on('error', () => socket.destroy());
    socket.on('error', () => inner.destroy());
    t.teardown(() => socket.destroy());
  });
  server.listen({ host: ip, port: 0 });
  await once(server, 'listening');
  t.teardown(() => void server.close());
  return { ip, port: (server.address() as AddressInfo).port };
}
