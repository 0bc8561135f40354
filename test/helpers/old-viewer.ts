import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What came by one connection, when it ended. */
export interface Call {
  readonly from: string;
  readonly bytes: Buffer;
  /** False when it was reset. */
  readonly isWhole: boolean;
}

export interface OldViewer extends AsyncDisposable {
  readonly ip: string;
  readonly port: number;
  /** In order of their end. */
  readonly calls: readonly Call[];
  /** Open now. */
  readonly openCalls: ReadonlySet<Socket>;
  /** Sends a text to a server, from our address; gives what it replied until it closed, nothing when it is away. */
  say(serverPort: number, text: string, serverIp: string): Promise<string>;
}

/**
 * A viewer of the old protocol on bare sockets. `never`: accepts and does not read; `unclosed`: reads, and does not close its end.
 */
export async function startOldViewer(ip: string, port = 0, manner: 'reads' | 'never' | 'unclosed' = 'reads'): Promise<OldViewer> {
  const calls: Call[] = [];
  const openCalls = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: manner === 'never' }, socket => {
    const from = socket.remoteAddress!;
    const chunks: Buffer[] = [];
    let isWhole = false;
    openCalls.add(socket);
    const note = () => calls.push({ from, bytes: Buffer.concat(chunks), isWhole });
    socket.on('error', () => undefined);
    socket.once('end', () => {
      // What was reset may look like an end to Node; writing nothing fails then.
      socket.write(Buffer.alloc(0), error => {
        isWhole = !error;
        if (manner === 'unclosed') note();
        else socket.end();
      });
    });
    socket.once('close', () => {
      openCalls.delete(socket);
      if (manner !== 'unclosed') note();
    });
    if (manner !== 'never') socket.on('data', chunk => chunks.push(chunk));
  });
  server.listen({ host: ip, port });
  await once(server, 'listening');
  return {
    ip,
    port: (server.address() as AddressInfo).port,
    calls,
    openCalls,
    say: (serverPort, text, serverIp) => say({ host: serverIp, port: serverPort, localAddress: ip }, text),
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of openCalls) socket.destroy();
      await closed;
    },
  };
}

async function say(to: { readonly host: string; readonly port: number; readonly localAddress: string }, text: string): Promise<string> {
  const socket = connect(to);
  let reply = '';
  socket.on('error', () => undefined);
  socket.on('data', chunk => (reply += chunk.toString('latin1')));
  socket.write(text, 'latin1');
  await new Promise(resolve => socket.once('close', resolve));
  return reply;
}
