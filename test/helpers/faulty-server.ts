import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { ExecutionContext } from 'ava';
import { HeldParts } from '../../lib/domain/held-parts.ts';
import { partRange, type Manifest } from '../../lib/domain/manifest.ts';

/** What a scripted server does wrong, to every request unless said otherwise. */
export type Fault =
  | { readonly type: 'none' }
  /** Closes the connection after so many body bytes in all. */
  | { readonly type: 'cut'; readonly afterBytes: number }
  /** Sends no more after so many body bytes in all, and keeps the connection; what it sends after `wrongAfterBytes` is wrong. */
  | { readonly type: 'hang'; readonly afterBytes: number; readonly wrongAfterBytes?: number }
  /** One byte in the middle of each answer is wrong, or the first of one part. */
  | { readonly type: 'corrupt'; readonly part?: number }
  /** Answers 200 with the whole file. */
  | { readonly type: 'ignore_range' }
  /** Announces the right length and closes early. */
  | { readonly type: 'short' }
  | { readonly type: 'wrong_length' }
  | { readonly type: 'wrong_range' }
  | { readonly type: 'wrong_etag' }
  /** Another version from so many body bytes in all on: its ETag and its bytes. */
  | { readonly type: 'replaced'; readonly afterBytes: number }
  /** Compresses the body, and says so. */
  | { readonly type: 'encoded' }
  | { readonly type: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** After so many body bytes in all, one byte every `everyMs`. */
  | { readonly type: 'trickle'; readonly afterBytes: number; readonly everyMs: number }
  /** The head of the answer comes byte by byte. */
  | { readonly type: 'slow_head'; readonly everyMs: number }
  | { readonly type: 'endless_head' }
  | { readonly type: 'tls' }
  | { readonly type: 'not_http' };

export interface FaultyServer {
  readonly url: string;
  /** Half-open ranges that were asked for, in order. */
  readonly requested: readonly { readonly start: number; readonly end: number }[];
  /** Body bytes handed to sockets. */
  readonly sentBytes: number;
  /** From the next request on. */
  setFault(fault: Fault): void;
  /** Called after each chunk of a body was handed to its socket. */
  onSent: (() => void) | undefined;
}

const RANGE = /^bytes=(\d+)-(\d+)$/;
const CHUNK_BYTES = 64 * 1024;
/** `handshake_failure`, the whole of what a TLS server says to a client that does not speak it. */
const TLS_ALERT = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]);

/** A real HTTP server of one file in memory that misbehaves as told. */
export async function startFaultyServer(
  t: Pick<ExecutionContext, 'teardown'>,
  manifest: Manifest,
  bytes: Uint8Array,
  firstFault: Fault = { type: 'none' },
  health: object = { status: 'ok' },
): Promise<FaultyServer> {
  let fault = firstFault;
  let sentBytes = 0;
  const requested: { start: number; end: number }[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/health') {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(health));
      return;
    }
    if (request.url?.startsWith('/manifest?')) {
      response.end(JSON.stringify(manifest));
      return;
    }
    if (request.url?.endsWith('.parts')) {
      const { id, partHashes } = manifest;
      response.end(JSON.stringify({ id, parts: partHashes.length, held: `${new HeldParts(partHashes.length, partHashes.keys())}` }));
      return;
    }
    const [, first, last] = RANGE.exec(request.headers.range ?? '') ?? [];
    const range = { start: Number(first), end: Number(last) + 1 };
    requested.push(range);
    void answer(request, response, range);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => stop(server));

  async function answer(request: IncomingMessage, response: ServerResponse, { start, end }: { start: number; end: number }): Promise<void> {
    const headers: Record<string, string | number> = {
      'Content-Range': `bytes ${start}-${end - 1}/${manifest.sizeBytes}`,
      'Content-Length': end - start,
      ETag: `"${manifest.id}"`,
    };
    let body = bytes.subarray(start, end);
    switch (fault.type) {
      case 'not_http':
        request.socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n');
        return;
      case 'tls':
        request.socket.end(TLS_ALERT);
        return;
      case 'slow_head':
        await slowly(request.socket, Buffer.from('HTTP/1.1 206 Partial Content\r\n'), fault.everyMs);
        return;
      case 'endless_head':
        await endlessHead(request.socket);
        return;
      case 'status':
        response.writeHead(fault.status, fault.headers).end('an error page');
        return;
      case 'ignore_range':
        response.writeHead(200, { 'Content-Length': manifest.sizeBytes, ETag: `"${manifest.id}"` });
        response.end(bytes);
        return;
      case 'wrong_range':
        headers['Content-Range'] = `bytes ${start + 1}-${end}/${manifest.sizeBytes}`;
        break;
      case 'wrong_length':
        headers['Content-Length'] = end - start - 1;
        body = body.subarray(1);
        break;
      case 'wrong_etag':
        headers['ETag'] = '"another"';
        break;
      case 'replaced':
        if (sentBytes < fault.afterBytes) break;
        headers['ETag'] = '"another"';
        body = body.map(byte => byte ^ 1);
        break;
      case 'encoded':
        body = gzipSync(body, { level: 1 });
        headers['Content-Encoding'] = 'gzip';
        headers['Content-Length'] = body.length;
        break;
      case 'corrupt':
        body = Uint8Array.from(body);
        // Beyond what was asked for nothing is stored.
        body[fault.part === undefined ? body.length >> 1 : partRange(manifest, fault.part).start - start]! ^= 1;
        break;
      case 'short':
        response.writeHead(206, headers);
        response.write(body.subarray(0, body.length - 10), () => request.socket.destroy());
        return;
    }
    response.writeHead(206, headers);
    for (let at = 0; at < body.length; at += CHUNK_BYTES) {
      if (fault.type === 'hang' && sentBytes >= fault.afterBytes) return;
      if (fault.type === 'cut' && sentBytes >= fault.afterBytes) {
        request.socket.destroy();
        return;
      }
      if (fault.type === 'trickle' && sentBytes >= fault.afterBytes) {
        await slowly(response, body.subarray(at), fault.everyMs, request.socket);
        return;
      }
      const isWrong = fault.type === 'hang' && sentBytes >= (fault.wrongAfterBytes ?? Infinity);
      const right = body.subarray(at, at + CHUNK_BYTES);
      const chunk = isWrong ? right.map(byte => byte ^ 1) : right;
      sentBytes += chunk.length;
      running.onSent?.();
      await new Promise(resolve => response.write(chunk, resolve));
    }
    response.end();
  }

  const { port } = server.address() as AddressInfo;
  const running: FaultyServer = {
    url: `http://127.0.0.1:${port}`,
    onSent: undefined,
    requested,
    get sentBytes() {
      return sentBytes;
    },
    setFault(next) {
      fault = next;
    },
  };
  return running;
}

/** Part numbers that a server was asked for. */
export function partsAsked(server: Pick<FaultyServer, 'requested'>, manifest: Manifest): Set<number> {
  const parts = new Set<number>();
  for (const { start, end } of server.requested) {
    for (let part = 0; part < manifest.partHashes.length; part += 1) {
      const range = partRange(manifest, part);
      if (range.start < end && start < range.end) parts.add(part);
    }
  }
  return parts;
}

/** A byte each time, until there are no more or nobody reads them: an answer that waits for its turn never learns that its connection is gone. */
async function slowly(to: Writable, bytes: Uint8Array, everyMs: number, connection: Writable = to): Promise<void> {
  for (let at = 0; at < bytes.length && !to.destroyed && !connection.destroyed; at += 1) {
    to.write(bytes.subarray(at, at + 1));
    await sleep(everyMs);
  }
}

async function endlessHead(socket: Socket): Promise<void> {
  socket.write('HTTP/1.1 206 Partial Content\r\n');
  while (!socket.destroyed) {
    socket.write(`X-More: ${'and more '.repeat(100)}\r\n`);
    await sleep(0);
  }
}

function stop(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
