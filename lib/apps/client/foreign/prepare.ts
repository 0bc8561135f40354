import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import type { Checksum } from '../../../domain/checksum.ts';
import { planOf, type ForeignPlan, type Pieces } from '../../../domain/download/foreign-plan.ts';
import { hasValidator, versionText, type Mirror, type MirrorFacts } from '../../../domain/download/mirror.ts';
import { limits } from '../../../protocol/limits.ts';
import { fileNameIn, hostAndPort, parseMirrorUrl } from '../../../protocol/mirror-url.ts';
import { surveyMirrors, type Survey } from './survey.ts';

export interface MirrorPorts {
  readonly probe: (url: string, options: { readonly signal: AbortSignal }) => Promise<MirrorFacts>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is known of a file before its mirrors are asked. */
export interface KnownFile {
  readonly name?: string | undefined;
  readonly sizeBytes?: number | undefined;
  readonly checksums: readonly Checksum[];
  readonly pieces?: Pieces | undefined;
  /** The best first. */
  readonly urls: readonly string[];
}

/** A file of others, ready to be fetched. */
export interface PreparedFile {
  readonly plan: ForeignPlan;
  readonly mirrors: readonly Mirror[];
  /** Otherwise there is one mirror, which is read from its start. */
  readonly hasRanges: boolean;
}

const DEFAULT_NAME = 'descarga';

/**
 * Asks the mirrors of a file, and decides how to fetch it.
 *
 * @throws VideoError why no mirror is of use; `invalid_metalink`
 */
export async function prepareFile(file: KnownFile, ports: MirrorPorts, signal: AbortSignal): Promise<PreparedFile> {
  return prepared(file, await survey(file, ports, signal));
}

/** @throws VideoError why no mirror answers */
export function survey(file: KnownFile, { probe, clock, log }: MirrorPorts, signal: AbortSignal): Promise<Survey> {
  const isVersionKnown = file.pieces !== undefined || file.checksums.length > 0;
  return surveyMirrors(file.urls.slice(0, limits.mirrorsPerFile), {
    probe,
    clock,
    // Without a hash the first mirror that answers says which version it is: the same one each time.
    graceMs: isVersionKnown ? 0 : limits.mirrorGraceMs,
    sizeBytes: file.sizeBytes,
    onFailure: (source, { code }) => log.warn('source.failed', { source, reason: code, parts: 0 }),
    signal,
  });
}

export function prepared(file: KnownFile, { answered, undecided }: Survey): PreparedFile {
  const { checksums, pieces, urls } = file;
  const isVersionKnown = pieces !== undefined || checksums.length > 0;
  // Ranges of what may have changed in between are joined only where something would tell.
  const ranged = answered.filter(({ facts }) => facts.acceptsRanges && (isVersionKnown || hasValidator(facts.validator)));
  const [first = answered[0]] = ranged;
  const hasRanges = ranged.length > 0;
  const usable = new Set(hasRanges ? [...ranged.map(({ url }) => url), ...undecided] : [first.url]);
  const place = parseMirrorUrl(first.url).url;
  const plan = planOf({
    name: file.name ?? first.facts.name ?? fileNameIn(parseMirrorUrl(urls[0]!).url) ?? fileNameIn(new URL(first.facts.finalUrl)) ?? DEFAULT_NAME,
    sizeBytes: first.sizeBytes,
    checksums,
    pieces,
    version: isVersionKnown && (hasRanges || pieces) ? undefined : versionOf(place.href, first.facts, hasRanges),
  });
  return { plan, mirrors: mirrorsOf(urls.filter(url => usable.has(url))), hasRanges };
}

/** What comes in one stream cannot be gone on with: each run has a version of its own. */
function versionOf(url: string, { validator }: MirrorFacts, hasRanges: boolean): string {
  return hasRanges ? versionText(url, validator) : randomUUID();
}

function mirrorsOf(urls: readonly string[]): readonly Mirror[] {
  const times = new Map<string, number>();
  return urls.map(url => {
    const place = hostAndPort(new URL(url));
    const count = (times.get(place) ?? 0) + 1;
    times.set(place, count);
    return { id: count === 1 ? place : `${place}#${count}`, url };
  });
}
