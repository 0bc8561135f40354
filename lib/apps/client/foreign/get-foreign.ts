import { join } from 'node:path';
import { isVideoError, VideoError } from '../../../base/errors.ts';
import type { Random } from '../../../base/random.ts';
import { SECOND_MS } from '../../../base/units.ts';
import { download } from '../../../domain/download/download.ts';
import type { ForeignPlan } from '../../../domain/download/foreign-plan.ts';
import { MirrorFeed } from '../../../domain/download/mirror-feed.ts';
import type { DownloadObserver } from '../../../domain/download/progress.ts';
import { defaultScheduler } from '../../../domain/download/scheduler.ts';
import type { Sink } from '../../../domain/download/sink.ts';
import type { SourceFactory } from '../../../domain/download/source.ts';
import { recordOf } from '../download-record.ts';
import type { GetResult } from '../get.ts';
import { observeAll } from '../../observe.ts';
import type { ForeignFilesPorts, ForeignFileToGet } from './files.ts';

/** Where the bytes of one file come from and go to. */
export interface ForeignPorts extends ForeignFilesPorts {
  readonly random: Random;
  /** `onRestart` is called when what an earlier run left cannot be used. */
  readonly openSink: (plan: ForeignPlan, finalPath: string, options: { readonly onRestart: () => void; readonly signal: AbortSignal }) => Promise<Sink>;
  readonly openSources: (plan: ForeignPlan, options: { readonly hasRanges: boolean; readonly mirrors: number }) => SourceFactory;
}

export interface GetForeignOptions {
  readonly directory: string;
  /** Instead of the file's name inside `directory`. */
  readonly outputPath?: string | undefined;
  readonly observer: DownloadObserver;
  readonly signal: AbortSignal;
}

/** Servers of others may fetch a file from far away before its first byte: they get more time than our secondaries. */
const settings = { ...defaultScheduler, stallMs: 5 * SECOND_MS };

/**
 * Fetches a file from servers that know nothing of us, without a central.
 *
 * @throws VideoError when it could not begin: as `prepare`, `output_exists`, `path_in_use`, `path_not_writable` …
 */
export async function getForeign(file: ForeignFileToGet, options: GetForeignOptions, ports: ForeignPorts): Promise<GetResult> {
  const { clock, random, log } = ports;
  const { signal } = options;
  const startedAt = new Date(clock.date()).toISOString();
  const startedAtMs = clock.now();
  const { plan, mirrors, hasRanges } = await file.prepare(signal);
  const path = options.outputPath ?? join(options.directory, plan.name);
  const onRestart = () => log.warn('download.restarted', { name: plan.name, reason: hasRanges ? 'changed' : 'no_ranges' });
  await using sink = await ports.openSink(plan, path, { onRestart, signal });
  await using sources = ports.openSources(plan, { hasRanges, mirrors: mirrors.length });
  const feed = new MirrorFeed(mirrors.map(({ id, url }) => sources.source(id, url)), clock);
  const ended = new AbortController();
  const observer = observeAll(options.observer, feed.observer);
  const sets = feed.sets({ signal: AbortSignal.any([signal, ended.signal]) });
  const result = await download(plan, sets, sink, { clock, random, signal, settings, observer });
  ended.abort();
  const error = result.error && describe(result.error);
  const facts = { plan, name: plan.name, path, startedAt, waitedMs: 0, elapsedMs: clock.now() - startedAtMs, isVerified: plan.isVerified };
  const record = recordOf(facts, { ...result, ...(error && { error }) });
  return { record, ...(error && { error }) };
}

/** There is no secondary to wait for: what the last mirror did says more. */
function describe(error: VideoError): VideoError {
  return error.code === 'no_sources' && isVideoError(error.cause) ? error.cause : error;
}
