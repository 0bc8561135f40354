import type { FastifyInstance } from 'fastify';
import type { Metric } from '../../base/metric.ts';
import { EXPOSITION_TYPE, formatMetrics, METRICS_PATH } from '../../protocol/exposition.ts';

/** What Prometheus asks for now and then. */
export function serveMetrics(app: FastifyInstance, metrics: () => Promise<readonly Metric[]>): void {
  app.get(METRICS_PATH, async (_request, reply) => {
    return reply.type(EXPOSITION_TYPE).header('Cache-Control', 'no-store').send(formatMetrics(await metrics()));
  });
}
