import { readdir } from 'node:fs/promises';
import { monitorEventLoopDelay, performance, type IntervalHistogram } from 'node:perf_hooks';
import { counter, gauge, type Metric } from '../../base/metric.ts';
import { SECOND_MS } from '../../base/units.ts';

const MICROSECONDS = 1e6;
const NANOSECONDS = 1e9;
const LAG_RESOLUTION_MS = 20;

/** Wakes the process up so often that nobody pays for it before the first question. */
let lag: IntervalHistogram | undefined;

/** The process as its system and Node see it, under the names that Prometheus' own clients give. */
export async function processMetrics(version: string): Promise<readonly Metric[]> {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  const openFiles = await countOpenFiles();
  return [
    gauge('videopartes_build_info', 'Always 1; the version is in the label', [{ labels: { version }, value: 1 }]),
    counter('process_cpu_seconds_total', 'Time of processors, for the program and for what it asked of the system', (user + system) / MICROSECONDS),
    gauge('process_start_time_seconds', 'When it started, since 1970', performance.timeOrigin / SECOND_MS),
    gauge('process_resident_memory_bytes', 'Memory that it has', rss),
    ...(openFiles === undefined ? [] : [gauge('process_open_fds', 'Open files and connections', openFiles)]),
    gauge('nodejs_heap_size_used_bytes', 'Memory of objects of JavaScript', heapUsed),
    gauge('nodejs_heap_size_total_bytes', 'Memory set aside for objects of JavaScript', heapTotal),
    gauge('nodejs_external_memory_bytes', 'Memory of objects outside of JavaScript', external),
    gauge('nodejs_arraybuffers_bytes', 'Memory of buffers', arrayBuffers),
    counter('nodejs_eventloop_active_seconds_total', 'Time that the event loop was not waiting', performance.eventLoopUtilization().active / SECOND_MS),
    ...lagMetrics(),
  ];
}

/** Since the last question; nothing at the first one. */
function lagMetrics(): readonly Metric[] {
  if (!lag) {
    lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
    lag.enable();
    return [];
  }
  const { mean, max } = lag;
  const [p50, p99] = [lag.percentile(50), lag.percentile(99)];
  lag.reset();
  if (Number.isNaN(mean)) return [];
  return [
    gauge('nodejs_eventloop_lag_mean_seconds', 'How late timers are since the last question, on average', mean / NANOSECONDS),
    gauge('nodejs_eventloop_lag_p50_seconds', 'How late timers are since the last question, half of them', p50 / NANOSECONDS),
    gauge('nodejs_eventloop_lag_p99_seconds', 'How late timers are since the last question, 99 % of them at most', p99 / NANOSECONDS),
    gauge('nodejs_eventloop_lag_max_seconds', 'How late timers are since the last question, the latest', max / NANOSECONDS),
  ];
}

/** Linux tells; elsewhere it is not known. */
async function countOpenFiles(): Promise<number | undefined> {
  const entries = await readdir('/proc/self/fd').catch(() => undefined);
  return entries?.length;
}
