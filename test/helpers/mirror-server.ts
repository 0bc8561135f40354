import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

export interface AskedOfMirror {
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

export interface MirrorServerOptions {
  /** Undefined for a server without validators. */
  readonly etag?: string | undefined;
  readonly lastModified?: string;
  readonly hasRanges?: boolean;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Answers instead of the well-behaved server when it returns true; `count` is 1 for the first request. */
  readonly twist?: (request: IncomingMessage, response: ServerResponse, count: number) => boolean;
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface MirrorServer {
  readonly url: string;
  /** `host:port`, as the download names it. */
  readonly id: string;
  readonly asked: readonly AskedOfMirror[];
  close(): Promise<void>;
}

/** A real server of one file in memory, at any path, as a web server of anybody; misbehaves as told. */
export async function startMirror(t: Pick<ExecutionContext, 'teardown'>, bytes: Uint8Array, options: MirrorServerOptions = {}): Promise<MirrorServer> {
  const { hasRanges = true, lastModified, headers = {}, twist, tls } = options;
  const etag = 'etag' in options ? options.etag : '"one"';
  const asked: AskedOfMirror[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    asked.push({ path: request.url!, range: request.headers.range, authorization: request.headers.authorization });
    if (twist?.(request, response, asked.length)) return;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value as string);
    if (etag !== undefined) response.setHeader('ETag', etag);
    if (lastModified !== undefined) response.setHeader('Last-Modified', lastModified);
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (first === undefined || !hasRanges) {
      response.writeHead(200, { 'Content-Length': bytes.byteLength }).end(bytes);
      return;
    }
    const end = Math.min(Number(last) + 1, bytes.byteLength);
    if (Number(first) >= end) {
      response.writeHead(416, { 'Content-Range': `bytes */${bytes.byteLength}` }).end();
      return;
    }
    const body = bytes.subarray(Number(first), end);
    response.writeHead(206, { 'Content-Range': `bytes ${first}-${end - 1}/${bytes.byteLength}`, 'Content-Length': body.byteLength }).end(body);
  };
  const server: Server = tls ? createTlsServer({ ...tls }, listener) : createHttpServer(listener);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  t.teardown(close);
  const { port } = server.address() as AddressInfo;
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/cine/verano.mp4`, id: `127.0.0.1:${port}`, asked, close };
}
