import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends bytes as they are, and gives what came back until the other side closed. */
export function exchange(port: number, chunks: Iterable<string | Buffer>): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    const received: Buffer[] = [];
    socket.on('data', chunk => received.push(chunk));
    socket.on('close', () => {
      const text = Buffer.concat(received).toString();
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) reject(new Error(`no answer but ${JSON.stringify(text)}`));
      else resolve({ status: Number(text.slice(9, 12)), head: text.slice(0, end), body: text.slice(end + 4) });
    });
    // A server that refuses a request may close while it is still being sent.
    socket.on('error', () => undefined);
    for (const chunk of chunks) socket.write(chunk);
  });
}

/** One request on a connection of its own; a `Host` is added unless there is one. */
export function requestText(method: string, path: string, { headers = {}, body = '' }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {}): string {
  const fields = { host: '127.0.0.1', connection: 'close', ...(body && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }), ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${path} HTTP/1.1`, ...lines, '', body].join('\r\n');
}
