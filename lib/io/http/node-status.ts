import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metric } from '../../base/metric.ts';
import { carriesSecret, isLoopback } from '../../domain/access.ts';
import { READY_PATH } from '../../protocol/data.ts';
import { EXPOSITION_TYPE, formatMetrics, METRICS_PATH } from '../../protocol/exposition.ts';
import { sendError, sendJson, setHead } from './data-answer.ts';

/** What a server of files tells of its program. */
export interface NodeStatus {
  /** Body of `GET /health`. */
  readonly health?: () => object;
  /** Whether the files can be read. */
  readonly isReady?: () => boolean;
  readonly metrics?: () => Promise<readonly Metric[]>;
  /** What who asks for metrics from another machine has to show; without it they are for everybody. */
  readonly secret?: string | undefined;
}

/** Answers `/health`, `/ready` and `/metrics`. */
export async function answerStatus(path: string, request: IncomingMessage, response: ServerResponse, status: NodeStatus): Promise<void> {
  if (path === METRICS_PATH) return answerMetrics(request, response, status);
  if (path !== READY_PATH) sendJson(response, 200, status.health?.() ?? { status: 'ok' });
  else if (status.isReady?.() ?? true) sendJson(response, 200, { status: 'ready' });
  else sendError(response, 'path_not_readable', {});
}

async function answerMetrics({ headers, socket }: IncomingMessage, response: ServerResponse, { metrics, secret }: NodeStatus): Promise<void> {
  if (secret !== undefined && !isLoopback(socket.remoteAddress ?? '') && !carriesSecret(headers.authorization, secret)) {
    sendError(response, 'unauthorized', { reason: headers.authorization === undefined ? 'missing' : 'malformed' }, { 'WWW-Authenticate': 'Bearer' });
    return;
  }
  const text = formatMetrics((await metrics?.()) ?? []);
  setHead(response, 200, { 'Content-Type': EXPOSITION_TYPE, 'Content-Length': Buffer.byteLength(text), 'Cache-Control': 'no-store' });
  response.end(text);
}
