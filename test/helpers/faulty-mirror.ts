import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';

/** What a mirror does wrong: a bit of each chunk is wrong, or it sends so many bytes a second at most, to each request. */
export type MirrorFault = { readonly type: 'corrupt' } | { readonly type: 'slow'; readonly bytesPerSecond: number };

export interface FaultyMirror {
  readonly url: string;
  /** Body bytes that were spoilt, or held back, and sent. */
  readonly sentBytes: number;
}

/** Stands before a real server, on an address of this machine, and spoils the bodies that it sends; its URL is that of the same file. */
export async function startFaultyMirror(
  t: Pick<ExecutionContext, 'teardown'>,
  url: string,
  fault: MirrorFault,
  ip = '127.0.0.1',
): Promise<FaultyMirror> {
  const target = new URL(url);
  const closed = new AbortController();
  let sentBytes = 0;
  const server = createServer(({ method, headers, url: path }, response) => {
    const outgoing = request({ host: target.hostname, port: target.port, method, path, headers }, incoming => {
      response.writeHead(incoming.statusCode!, incoming.headers);
      void relay(incoming, response);
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    outgoing.end();
  });
  await new Promise<void>(resolve => server.listen(0, ip, resolve));
  t.teardown(() => {
    closed.abort();
    return stop(server);
  });
  const mirror = new URL(target.pathname, `http://${ip}:${(server.address() as AddressInfo).port}`);
  return {
    url: mirror.href,
    get sentBytes() {
      return sentBytes;
    },
  };

  async function relay(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      for await (const chunk of incoming as AsyncIterable<Buffer>) {
        if (fault.type === 'corrupt') chunk[chunk.length >> 1]! ^= 1;
        else await sleep((chunk.length / fault.bytesPerSecond) * 1000, undefined, { signal: closed.signal });
        await new Promise<void>((resolve, reject) => {
          response.write(chunk, error => (error ? reject(error) : resolve()));
        });
        sentBytes += chunk.length;
      }
      response.end();
    } catch {
      // Whoever asked has gone, or the test is over.
      response.destroy();
    }
  }
}

function stop(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
