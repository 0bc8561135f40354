import type { Server } from 'node:http';
import { OpenAPIGenerator } from '@orpc/openapi';
import { OpenAPIHandler } from '@orpc/openapi/fastify';
import { ORPCError, type Router } from '@orpc/server';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import fastify, { type FastifyInstance } from 'fastify';
import { toVideoError, VideoError, type ErrorCode } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { isForeignRequest } from '../../domain/access.ts';
import { controlContract, type ControlContract } from '../../protocol/control.ts';
import { isWireErrorCode, wireErrors, type WireError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { VERSION } from '../../protocol/version.ts';
import { listen, urlOf, type ListenAddress } from './listen.ts';

/** What a handler may know of the request besides its input. */
export interface ControlContext {
  readonly remoteAddress: string;
  readonly authorization: string | undefined;
}

export type ControlRouter = Router<ControlContract, ControlContext>;

export interface ControlServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** Paths that older programs knew, and what they are called now. */
const ALIASES: ReadonlyMap<string, string> = new Map([['/listar', '/videos']]);

/**
 * Serves the control plane: the contract's routes, `/openapi.json`, and errors as `{code, message, details}`.
 *
 * @throws VideoError `port_in_use`, `address_unavailable`, `listen_denied`
 */
export async function startControlServer(address: ListenAddress, router: ControlRouter, { log }: { readonly log: Log }): Promise<ControlServer> {
  const app = fastify({
    bodyLimit: limits.bodyMaxBytes,
    requestTimeout: limits.requestTimeoutMs,
    connectionTimeout: limits.dataIdleTimeoutMs,
    http: { maxHeaderSize: limits.headerMaxBytes },
    forceCloseConnections: 'idle',
  });
  app.addHook('onRequest', async ({ headers }) => {
    if (isForeignRequest(headers.host, headers.origin, address.ip)) throw new VideoError('forbidden', {});
  });
  app.setErrorHandler((error, request, reply) => {
    const { status, body } = answerFor(error, `${request.method} ${request.url}`, log);
    return reply.status(status).send(body);
  });
  app.setNotFoundHandler((_request, reply) => {
    const { status, body } = wireErrorOf(new VideoError('not_found', { what: 'route' }));
    return reply.status(status).send(body);
  });
  serveDocument(app);
  serveContract(app, router, log);

  await app.ready();
  const listening = await listen(app.server as Server, address);
  return {
    url: urlOf(listening),
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
    customErrorResponseBodyEncoder: error => wireErrorOf(fromOrpc(error)).body,
    interceptors: [
      async options => {
        try {
          return await options.next();
        } catch (error) {
          throw toOrpc(error, options.request.url.pathname, log);
        }
      },
    ],
  });
  // The contract reads bodies itself; Fastify's parsers would take them first.
  void app.register(async scope => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined));
    scope.all('/*', async (request, reply) => {
      if (Number(request.headers['content-length'] ?? 0) > limits.bodyMaxBytes) {
        throw new VideoError('invalid_request', { reason: 'body too large' });
      }
      request.raw.url = withoutAlias(request.url);
      const context = { remoteAddress: request.ip, authorization: request.headers.authorization };
      const { matched } = await handler.handle(request, reply, { context });
      if (!matched) throw new VideoError('not_found', { what: 'route' });
    });
  });
}

function serveDocument(app: FastifyInstance): void {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = generator.generate(controlContract, {
    info: { title: 'videopartes central', version: VERSION },
    customErrorResponseBodySchema: () => ({
      type: 'object',
      properties: { code: { enum: Object.keys(wireErrors) }, message: { type: 'string' }, details: { type: 'object' } },
      required: ['code', 'message', 'details'],
    }),
  });
  app.get('/openapi.json', () => document);
}

function withoutAlias(url: string): string {
  const [path = '', query] = url.split('?', 2);
  const name = ALIASES.get(path) ?? path;
  return query === undefined ? name : `${name}?${query}`;
}

/** What a handler threw, as the contract's errors travel inside oRPC. */
function toOrpc(error: unknown, operation: string, log: Log): ORPCError<string, object> {
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') {
    return asOrpc(new VideoError('invalid_request', { reason: reasonOf(error) }));
  }
  const known = toVideoError(error);
  if (!isWireErrorCode(known.code) || known.code === 'internal') {
    log.error('request.failed', { operation, reason: known.message });
    return asOrpc(new VideoError('internal', { reason: 'see the log of the central' }));
  }
  return asOrpc(known);
}

function asOrpc(error: VideoError): ORPCError<string, object> {
  const { status } = wireErrors[error.code as keyof typeof wireErrors];
  return new ORPCError(error.code, { status, message: error.message, data: error.facts });
}

function fromOrpc(error: ORPCError<string, unknown>): VideoError {
  if (isWireErrorCode(error.code)) return new VideoError(error.code as ErrorCode, (error.data ?? {}) as never);
  return new VideoError('invalid_request', { reason: reasonOf(error) });
}

/** `limit: Too small: expected number to be >=1`, of a validation that failed. */
function reasonOf(error: ORPCError<string, unknown>): string {
  const issues = (error.data as { issues?: readonly { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] }[] } | undefined)?.issues;
  const issue = issues?.[0];
  if (!issue) return error.message;
  const path = (issue.path ?? []).map(key => String(typeof key === 'object' ? key.key : key)).join('.');
  return path ? `${path}: ${issue.message}` : issue.message;
}

function answerFor(error: unknown, operation: string, log: Log): { readonly status: number; readonly body: WireError } {
  if (error instanceof VideoError) return wireErrorOf(error);
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status < 500) return wireErrorOf(new VideoError('invalid_request', { reason: (error as Error).message }));
  log.error('request.failed', { operation, reason: String(error) });
  return wireErrorOf(new VideoError('internal', { reason: 'see the log of the central' }));
}

function wireErrorOf({ code, message, facts }: VideoError): { readonly status: number; readonly body: WireError } {
  const status = isWireErrorCode(code) ? wireErrors[code].status : 500;
  return { status, body: { code, message, details: facts } };
}
