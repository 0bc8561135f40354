import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { systemClock as clock } from '../../base/clock.ts';
import { isVideoError, toVideoError } from '../../base/errors.ts';
import { silentLog, type Log } from '../../base/log.ts';
import type { FileId } from '../../domain/file.ts';
import type { ByteRange } from '../../domain/manifest.ts';
import type { ServingPace } from '../../domain/serving-pace.ts';
import type { ServingSlots } from '../../domain/serving-slots.ts';
import type { ServedFile, ServedFiles } from '../../domain/served-files.ts';
import type { ReadGuard } from '../../domain/tokens.ts';
import { isOfNode, pathOf } from '../../protocol/data.ts';
import { limits } from '../../protocol/limits.ts';
import { dataLabelAt } from '../../protocol/roles.ts';
import { BufferPool } from '../files/buffer-pool.ts';
import { limitConnections } from './connection-room.ts';
import { sendError } from './data-answer.ts';
import { answerRequest } from './file-request.ts';
import { listen, ownNames, urlOf, type ListenAddress } from './listen.ts';
import type { ManifestOffers } from './manifest-route.ts';
import type { NodeStatus } from './node-status.ts';
import { pump } from './pump.ts';
import { RequestMeter } from './request-meter.ts';
import type { ServerTls } from './tls.ts';
import { createTurns } from './turns.ts';

/** An answer with bytes of a file, while it runs and after. */
export interface ServedRequest {
  readonly id: FileId;
  readonly name: string;
  /** The range asked for, half-open. */
  readonly start: number;
  readonly end: number;
  readonly remoteAddress: string;
  /** For the copy of another secondary. */
  readonly isCopy: boolean;
  /** Sent so far. */
  readonly bytes: number;
  /** Every byte of the range was sent. */
  readonly completed: boolean;
}

export interface FileServerOptions {
  readonly log?: Log;
  /** Answers whatever is asked under `/uploads`; without it there is no such route. */
  readonly uploads?: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;
  /** Tells what a file of a name is, on `/manifest`; without it there is no such route. */
  readonly manifests?: Pick<ManifestOffers, 'find'> | undefined;
  /** How many may download at once; without it, everybody. */
  readonly slots?: ServingSlots | undefined;
  /** How fast all who download may be served together; without it, as fast as it goes. */
  readonly pace?: ServingPace | undefined;
  /** How the program is that serves the files. */
  readonly status?: NodeStatus;
  /** Serves HTTPS with it. */
  readonly tls?: ServerTls | undefined;
  /** Who may read; without it, everybody. */
  readonly guard?: ReadGuard | undefined;
  /** What others call this server, when that is not its address. */
  readonly host?: string | undefined;
  /** Cuts every connection when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Told once for each answer with a body of a file, whole or not; must be quick and must not throw. */
  readonly onServed?: (request: ServedRequest) => void;
  readonly pool?: BufferPool;
  /** A connection where no byte moves for this long is ended. */
  readonly idleTimeoutMs?: number;
}

export interface FileServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Answers with bytes that are running now. */
  readonly activeRequests: number;
  /** Those answers, in order of arrival; their `bytes` grow while they run. */
  readonly requests: () => readonly ServedRequest[];
  /**
   * Accepts nothing more, lets running answers end for at most `drainMs`, then cuts them. Called again, or disposed
   * of, it cuts at once. Resolves when every socket and file is closed.
   */
  close(options?: { readonly drainMs?: number }): Promise<void>;
}

/**
 * Serves files by id on `GET|HEAD /files/{id}`, what describes them on `{id}.meta4` and `{id}.torrent`, and how it is on `/health`,
 * `/ready` and `/metrics`.
 *
 * @throws VideoError `port_in_use`, `address_unavailable`, `listen_denied`
 */
export async function startFileServer(address: ListenAddress, files: ServedFiles, options: FileServerOptions = {}): Promise<FileServer> {
  const { log = silentLog, status = {}, signal, onServed, idleTimeoutMs = limits.dataIdleTimeoutMs } = options;
  const { slots, pace } = options;
  const { pool = new BufferPool({ bufferSizeBytes: limits.dataBufferBytes, maxBuffers: limits.dataBuffers }) } = options;
  signal?.throwIfAborted();

  const running = new Set<{ -readonly [Key in keyof ServedRequest]: ServedRequest[Key] }>();
  const answers = new Set<Promise<void>>();
  const waitForTurn = createTurns();
  const meter = new RequestMeter();
  const measured = { ...status, metrics: async () => [...meter.metrics(), ...((await status.metrics?.()) ?? [])] };
  const manifests = options.manifests && { find: (name: string) => options.manifests!.find(name), hasRoom: () => slots?.hasRoom(clock.now()) ?? true };
  const server = createDataServer(options.tls, (request, response) => {
    const answer = answerInTurn(request, response).finally(() => answers.delete(answer));
    answers.add(answer);
  });
  if (slots) server.on('connection', socket => socket.once('close', () => slots.leave(socket)));
  // Counts from the last byte that moved, so it ends clients that stopped reading and spares slow ones.
  server.timeout = idleTimeoutMs;

  const listening = await listen(server, address);
  const names = ownNames(address, options.host === undefined ? [] : [options.host]);
  const closed = closeOf(server);
  server.on('error', error => log.warn('request.failed', { operation: 'accept', reason: error.message }));
  const cut = () => {
    server.close();
    server.closeAllConnections();
  };
  signal?.addEventListener('abort', cut, { once: true });
  // Aborted while it was beginning to listen.
  if (signal?.aborted) cut();

  return {
    url: urlOf(listening, { isTls: options.tls !== undefined }),
    port: listening.port,
    get activeRequests() {
      return running.size;
    },
    requests: () => [...running],
    close,
    [Symbol.asyncDispose]: () => close({ drainMs: 0 }),
  };

  async function close({ drainMs = limits.dataDrainMs }: { readonly drainMs?: number } = {}): Promise<void> {
    if (!server.listening || drainMs === 0) cut();
    else server.close();
    const timer = setTimeout(cut, drainMs);
    await closed;
    clearTimeout(timer);
    signal?.removeEventListener('abort', cut);
    await Promise.all(answers);
  }

  async function answerInTurn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    meter.watch(dataLabelAt(pathOf(request.url ?? '')), response);
    if (!(await waitForTurn(request.socket, response))) return;
    // A connection that was kept alive must not hold a server that is stopping.
    response.shouldKeepAlive &&= server.listening;
    response.once('close', () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
    try {
      const { uploads, guard } = options;
      await answerRequest(request, response, { files, status: measured, uploads, manifests, admit: slots && admit, ownNames: names, guard, sendBody });
    } catch (error) {
      // Who went away knows it.
      if (!response.destroyed) log.warn('request.failed', { operation: `${request.method} ${pathOf(request.url ?? '')}`, reason: toVideoError(error).message });
      if (response.headersSent) response.destroy();
      else if (isVideoError(error, 'file_changed')) sendError(response, 'not_found', { what: 'file' });
      else sendError(response, 'internal', {});
    }
  }

  function admit(response: ServerResponse): boolean {
    const { socket } = response.req;
    // Whoever went away while the file was opened would keep its place for ever.
    if (socket.destroyed || !slots!.enter(socket, clock.now())) return false;
    response.once('close', () => slots!.rest(socket, clock.now()));
    return true;
  }

  async function sendBody(file: ServedFile, { start, end }: ByteRange, response: ServerResponse): Promise<void> {
    const { id, name } = file.manifest;
    const remoteAddress = response.req.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
    const isCopy = isOfNode(response.req.headers['user-agent']);
    const request = { id, name, start, end, remoteAddress, isCopy, bytes: 0, completed: false };
    running.add(request);
    try {
      request.completed = await pump(file, { start, end }, response, pool, bytes => {
        request.bytes += bytes;
      }, pace);
      response.end();
    } finally {
      running.delete(request);
      if (request.completed) log.debug('request.served', { name, start, end, client: remoteAddress });
      else log.debug('request.aborted', { name, client: remoteAddress });
      onServed?.({ ...request });
    }
  }
}

function createDataServer(tls: ServerTls | undefined, onRequest: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const options = {
    noDelay: true,
    maxHeaderSize: limits.headerMaxBytes,
    headersTimeout: limits.dataHeadersTimeoutMs,
    // A file that is sent here may take hours; connections where nothing moves are ended.
    requestTimeout: 0,
    connectionsCheckingInterval: limits.dataHeadersTimeoutMs / 2,
    keepAliveTimeout: limits.dataKeepAliveMs,
  };
  const server = tls ? createTlsServer({ ...options, ...tls }, onRequest) : createServer(options, onRequest);
  limitConnections(server, limits.dataConnectionsPerNode);
  return server;
}

// Not `once` of node:events, which would reject for an error that comes before.
function closeOf(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.once('close', resolve);
  });
}
