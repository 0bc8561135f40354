import type { Clock } from '../../../base/clock.ts';
import { toVideoError, VideoError } from '../../../base/errors.ts';
import { isFinal } from '../../../domain/download/mirror-feed.ts';
import type { MirrorFacts } from '../../../domain/download/mirror.ts';
import { hostAndPort } from '../../../protocol/mirror-url.ts';

export interface SurveyOptions {
  readonly probe: (url: string, options: { readonly signal: AbortSignal }) => Promise<MirrorFacts>;
  readonly clock: Clock;
  /** How long the others may take to answer once one did. */
  readonly graceMs: number;
  /** When it is known; a mirror that tells another is of no use. */
  readonly sizeBytes?: number | undefined;
  readonly onFailure: (source: string, error: VideoError) => void;
  readonly signal: AbortSignal;
}

export interface SurveyedMirror {
  readonly url: string;
  readonly facts: MirrorFacts;
  readonly sizeBytes: number;
}

export interface Survey {
  /** At least one, in the order in which they were asked. */
  readonly answered: readonly [SurveyedMirror, ...SurveyedMirror[]];
  /** Those that did not answer in time, or may answer later. */
  readonly undecided: readonly string[];
}

/**
 * Asks all mirrors of a file at once what they know of it, and waits a little for the slow ones, so that the same
 * mirrors give the same answer in the next run.
 *
 * @throws VideoError when none answers: what the first of them said
 */
export async function surveyMirrors(urls: readonly string[], options: SurveyOptions): Promise<Survey> {
  const { clock, graceMs, onFailure, signal } = options;
  const answered = new Map<string, SurveyedMirror>();
  const failed = new Map<string, VideoError>();
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  let sleeping: Promise<void> | undefined;
  const probes = urls.map(async url => {
    try {
      answered.set(url, await ask(url, { ...options, signal: either }));
      // The first one starts the time that the others have.
      sleeping ??= clock.sleep(graceMs, { signal: either }).then(() => over.abort(), () => undefined);
    } catch (error) {
      if (!either.aborted) failed.set(url, toVideoError(error));
    }
  });
  await Promise.all(probes);
  over.abort();
  await sleeping;
  signal.throwIfAborted();
  for (const [url, error] of failed) onFailure(hostAndPort(new URL(url)), error);
  const [first, ...others] = urls.flatMap(url => answered.get(url) ?? []);
  if (!first) throw failed.get(urls[0]!)!;
  const undecided = urls.filter(url => !answered.has(url) && !(failed.has(url) && isFinal(failed.get(url)!)));
  return { answered: [first, ...others], undecided };
}

async function ask(url: string, { probe, sizeBytes: expected, signal }: SurveyOptions): Promise<SurveyedMirror> {
  const facts = await probe(url, { signal });
  const { sizeBytes, isMetalink } = facts;
  const refuse = (reason: string) => new VideoError('source_protocol', { source: hostAndPort(new URL(url)), reason });
  if (isMetalink) return { url, facts, sizeBytes: sizeBytes ?? 0 };
  if (sizeBytes === undefined) throw refuse('it does not tell the size of the file');
  if (expected !== undefined && sizeBytes !== expected) throw refuse(`${sizeBytes} bytes instead of ${expected}`);
  return { url, facts, sizeBytes };
}
