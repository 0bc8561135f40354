import type { IncomingMessage, Server } from 'node:http';
import { OpenAPIHandler } from '@orpc/openapi/fastify';
import type { Router } from '@orpc/server';
import fastify, { type FastifyHttpOptions, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { isVideoError, VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Metric } from '../../base/metric.ts';
import { foreignPlaceOf } from '../../domain/access.ts';
import type { EventFeed } from '../../domain/event-feed.ts';
import type { FileOffers } from '../../domain/file-offers.ts';
import type { FormUploads } from '../../domain/form-uploads.ts';
import type { CentralStatistics } from '../../domain/statistics.ts';
import type { Remuxer } from '../../domain/remux.ts';
import type { ServedFiles } from '../../domain/served-files.ts';
import type { UploadRelay } from '../../domain/upload-relay.ts';
import type { ControlContract } from '../../protocol/control.ts';
import { ALIASES, methodsAllowedAt } from '../../protocol/control-routes.ts';
import { pathOf } from '../../protocol/data.ts';
import type { WireError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { plainMethodsAt, routeAt } from '../../protocol/roles.ts';
import { isRelayedUpload } from '../../protocol/uploads.ts';
import { assertLetIn, type AccessGuards } from './access-gate.ts';
import { serveChannels, type ShownChannels } from './channel-route.ts';
import { refuseConnection, toOrpcError, toWireError, wireErrorOf } from './control-errors.ts';
import { serveDocsPage } from './docs-page.ts';
import { serveEvents } from './event-route.ts';
import { listen, ownNames, urlOf, type ListenAddress } from './listen.ts';
import { serveMetrics } from './metrics-route.ts';
import { serveNamedFiles } from './named-files.ts';
import { servePage } from './page.ts';
import type { PageFiles } from './page-files.ts';
import { servePlaylist, type Library } from './playlist-route.ts';
import { RequestMeter } from './request-meter.ts';
import { serveSessions } from './session-route.ts';
import { serveStatisticsCsv } from './statistics-csv.ts';
import { serveStream } from './stream-route.ts';
import type { ServerTls } from './tls.ts';
import { serveUploadForm, UPLOAD_FORM_PATH } from './uploads/upload-form.ts';
import { serveUploadRelay } from './uploads/upload-relay.ts';

/** What a handler may know of the request besides its input. */
export interface ControlContext {
  readonly remoteAddress: string;
  /** The operation that who asks was let pass to. */
  readonly operation: string | undefined;
}

export type ControlRouter = Router<ControlContract, ControlContext>;

export interface StreamedFiles {
  readonly files: ServedFiles;
  /** Who makes of them what browsers play. */
  readonly remuxer: Remuxer;
}

export interface ControlServerOptions extends AccessGuards {
  readonly log: Log;
  /** What `/files/NAME` gives; without it there is no such route. */
  readonly offers?: FileOffers | undefined;
  /** What `/stream` gives; without it there is no such route. */
  readonly streams?: StreamedFiles | undefined;
  /** What `/channels/` gives; without it there is no such route. */
  readonly channels?: ShownChannels | undefined;
  /** What `/library.m3u` lists; without it there is no such route. */
  readonly library?: Library | undefined;
  /** Who takes the files of `POST /upload`; without it there is no such route. */
  readonly uploads?: FormUploads | undefined;
  /** Where the files of `/subidas` go; without it there is no such route. */
  readonly relay?: UploadRelay | undefined;
  /** What `/` shows; without it there is no such route. */
  readonly page?: PageFiles | undefined;
  /** What `/metrics` tells beside the requests. */
  readonly metrics?: (() => Promise<readonly Metric[]>) | undefined;
  /** What `/events` tells; without it there is no such route. */
  readonly events?: EventFeed | undefined;
  /** What `/statistics.csv` shows; without it there is no such route. */
  readonly statistics?: (() => CentralStatistics) | undefined;
  /** What others call this server, besides its address and the machine's name. */
  readonly publicNames?: readonly string[];
  /** Serves HTTPS with it. */
  readonly tls?: ServerTls | undefined;
}

export interface ControlServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** Where secondaries tell what they have, which is long. */
const OF_SECONDARIES = ['/nodes/:number/heartbeat', '/manifests/:id'];

/**
 * Serves the control plane: the contract's routes, `/openapi.json`, files by name, and errors as `{code, message,
 * details}`.
 *
 * @throws VideoError `port_in_use`, `address_unavailable`, `listen_denied`
 */
export async function startControlServer(address: ListenAddress, router: ControlRouter, options: ControlServerOptions): Promise<ControlServer> {
  const { log, offers, streams, channels, library, uploads, relay, page, statistics, metrics = async () => [], events, access, sessions, tls, publicNames = [] } = options;
  const names = ownNames(address, publicNames);
  const answerError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const known = toWireError(error, `${request.method} ${pathOf(request.url)}`, log);
    if (isVideoError(known, 'unauthorized')) reply.header('WWW-Authenticate', 'Bearer');
    if (isVideoError(known, 'method_not_allowed')) reply.header('Allow', known.facts.allowed.join(', '));
    const { status, body } = wireErrorOf(known);
    return reply.status(status).send(body);
  };
  const server: FastifyHttpOptions<Server> & { readonly https?: object } = {
    bodyLimit: limits.orderMaxBytes,
    // Of each request by itself: a file that is uploaded may take hours.
    requestTimeout: 0,
    connectionTimeout: limits.dataIdleTimeoutMs,
    // One of the two is looked at.
    http: { maxHeaderSize: limits.headerMaxBytes, headersTimeout: limits.requestTimeoutMs },
    ...(tls && { https: { ...tls, maxHeaderSize: limits.headerMaxBytes, headersTimeout: limits.requestTimeoutMs } }),
    // Who is still connected when the server stops is answered as ever, until the connection is cut.
    return503OnClosing: false,
    frameworkErrors: answerError,
    clientErrorHandler: refuseConnection,
  };
  const app = fastify(server);
  const meter = new RequestMeter();
  app.addHook('onRequest', async ({ raw }) => limitTime(raw));
  // Of every route, before anything of its body is read.
  app.addHook('onRequest', async ({ headers, method, url, raw }, reply) => {
    const { path } = withoutAlias(url);
    const route = routeAt(method, path);
    meter.watch(route?.label ?? 'none', reply.raw);
    const foreign = foreignPlaceOf(headers.host, headers.origin, names);
    if (foreign) throw new VideoError('forbidden', foreign);
    if (!route) throw notServed(path);
    assertLetIn(route, raw, options);
    if (!route.isServed) throw notServed(path);
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(({ url }) => {
    throw notServed(pathOf(url));
  });
  serveDocument(app);
  serveDocsPage(app);
  serveMetrics(app, async () => [...meter.metrics(), ...(await metrics())]);
  if (events) serveEvents(app, events);
  if (offers) serveNamedFiles(app, offers);
  if (streams) serveStream(app, streams.files, { log, remuxer: streams.remuxer });
  if (channels) serveChannels(app, channels);
  if (library) servePlaylist(app, library);
  if (uploads) serveUploadForm(app, uploads);
  if (relay) serveUploadRelay(app, relay);
  if (page) servePage(app, page);
  if (statistics) serveStatisticsCsv(app, statistics);
  if (sessions) serveSessions(app, sessions, access);
  serveContract(app, router, log);

  await app.ready();
  const listening = await listen(app.server as Server, address);
  return {
    url: urlOf(listening, { isTls: tls !== undefined }),
    port: listening.port,
    async [Symbol.asyncDispose]() {
      const cut = setTimeout(() => (app.server as Server).closeAllConnections(), limits.controlDrainMs);
      await app.close();
      clearTimeout(cut);
    },
  };
}

function serveContract(app: FastifyInstance, router: ControlRouter, log: Log): void {
  const handler = new OpenAPIHandler<ControlContext>(router, {
    customErrorResponseBodyEncoder: ({ code, message, data }): WireError => ({ code, message, details: data as object }),
    clientInterceptors: [
      async options => {
        // What was allowed is what runs, even if two ideas of what a path means should differ.
        if (options.path.join('.') !== options.context.operation) throw new VideoError('not_found', { what: 'route' });
        return options.next();
      },
    ],
    interceptors: [
      async options => {
        try {
          return await options.next();
        } catch (error) {
          throw toOrpcError(toWireError(error, options.request.url.pathname, log));
        }
      },
    ],
  });
  void app.register(async scope => {
    scope.removeAllContentTypeParsers();
    // All of this server is JSON, whatever a body says of itself.
    scope.addContentTypeParser('*', { parseAs: 'string' }, async (_request: FastifyRequest, body: string) => parseBody(body));
    const answer = async (request: FastifyRequest, reply: FastifyReply) => {
      const { url, path } = withoutAlias(request.url);
      const operation = routeAt(request.method, path)?.operation;
      request.raw.url = url;
      // Node leaves the body out of what answers a HEAD.
      if (request.method === 'HEAD') request.raw.method = 'GET';
      const context = { remoteAddress: request.ip, operation };
      const { matched } = await handler.handle(request, reply, { context });
      if (matched) return;
      throw notServed(path);
    };
    for (const path of OF_SECONDARIES) scope.all(path, { bodyLimit: limits.bodyMaxBytes }, answer);
    scope.all('/*', answer);
  });
}

/** Made when somebody asks: a central that starts has other things to do. */
function serveDocument(app: FastifyInstance): void {
  let document: Promise<object> | undefined;
  app.get('/openapi.json', () => (document ??= import('../../protocol/openapi.ts').then(({ apiDocument }) => apiDocument())));
}

/** Whoever sends a request has so long to send it whole. */
function limitTime(request: IncomingMessage): void {
  const path = pathOf(request.url ?? '');
  if (path === UPLOAD_FORM_PATH || isRelayedUpload(path)) return;
  const timer = setTimeout(() => {
    if (!request.complete) request.destroy();
  }, limits.requestTimeoutMs);
  request.once('close', () => clearTimeout(timer));
}

function parseBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new VideoError('invalid_request', { reason: 'the body is no JSON' });
  }
}

/** Nothing is there, or not for that method. */
function notServed(path: string): VideoError {
  const allowed = [...methodsAllowedAt(path), ...plainMethodsAt(path)];
  return allowed.length > 0 ? new VideoError('method_not_allowed', { allowed }) : new VideoError('not_found', { what: 'route' });
}

function withoutAlias(url: string): { readonly url: string; readonly path: string } {
  const asked = pathOf(url);
  const path = ALIASES.get(asked) ?? asked;
  return { url: path + url.slice(asked.length), path };
}
