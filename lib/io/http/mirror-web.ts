import type { Clock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import { KIB } from '../../base/units.ts';
import type { FilePlan } from '../../domain/download/file-plan.ts';
import type { MirrorFacts } from '../../domain/download/mirror.ts';
import type { Source, SourceFactory } from '../../domain/download/source.ts';
import { limits } from '../../protocol/limits.ts';
import { MirrorPlace } from './mirror-place.ts';
import { factsOf, PROBE_HEADERS, textOf } from './mirror-probe.ts';
import { requestMirror, toSourceError, type MirrorAnswer } from './mirror-request.ts';
import { MirrorSource } from './mirror-source.ts';
import { MirrorStream } from './mirror-stream.ts';
import { PieceSlots } from './parts/piece-slots.ts';

interface Asking {
  readonly signal: AbortSignal;
}

export interface MirrorSourcesOptions {
  /** Whether the mirrors answer ranges; otherwise each is read from its start. */
  readonly hasRanges: boolean;
  /** How many there may be. */
  readonly mirrors: number;
}

/**
 * HTTP and HTTPS servers of others. What is learnt of an address when it is probed (where it redirects, the version of
 * the file) holds for the sources made of it.
 */
export interface MirrorWeb extends AsyncDisposable {
  /** @throws VideoError `source_unreachable`, `source_refused`, `source_protocol`, `timed_out` */
  probe(url: string, options: Asking): Promise<MirrorFacts>;
  /** A metalink's text. @throws VideoError as `probe`, and `invalid_metalink` when it is too large */
  fetchMetalink(url: string, options: Asking): Promise<string>;
  openSources(plan: FilePlan, options: MirrorSourcesOptions): SourceFactory;
}

const PIECE_BYTES = 256 * KIB;
/** For two requests at a time, a piece being received and one being written each. */
const PIECES_PER_MIRROR = 4;
const PIECES_MIN = 8;

export interface MirrorWebOptions {
  readonly clock: Clock;
  readonly probeTimeoutMs?: number;
}

export async function openMirrorWeb({ clock, probeTimeoutMs = limits.mirrorProbeTimeoutMs }: MirrorWebOptions): Promise<MirrorWeb> {
  // Loaded when it is needed: it takes memory and time that the files of a central do without.
  const { Agent } = await import('undici');
  // The engine watches for silence, and probes have a time limit of their own.
  const agent = new Agent({ connect: { timeout: limits.mirrorConnectTimeoutMs }, headersTimeout: 0, bodyTimeout: 0 });
  const places = new Map<string, MirrorPlace>();
  const placeOf = (url: string): MirrorPlace => {
    const place = places.get(url) ?? new MirrorPlace(url, agent, clock);
    places.set(url, place);
    return place;
  };

  /** One question with a time limit; `read` has to be done with the answer when it settles. */
  async function ask<T>(url: string, headers: Readonly<Record<string, string>>, { signal }: Asking, read: (answer: MirrorAnswer) => T | Promise<T>): Promise<T> {
    const { address, name: source } = placeOf(url);
    const tooLate = AbortSignal.timeout(probeTimeoutMs);
    const either = AbortSignal.any([signal, tooLate]);
    try {
      const answer = await requestMirror(agent, address, { source, headers, signal: either });
      try {
        return await read(answer);
      } finally {
        answer.body.destroy();
      }
    } catch (error) {
      if (tooLate.aborted && !signal.aborted) throw new VideoError('timed_out', { what: source, afterMs: probeTimeoutMs }, { cause: error });
      throw toSourceError(error, source, either);
    }
  }

  return {
    probe: (url, options) =>
      ask(url, PROBE_HEADERS, options, answer => {
        const place = placeOf(url);
        const facts = factsOf(answer, place.name, clock.date());
        place.learn(answer);
        return facts;
      }),
    fetchMetalink: (url, options) => ask(url, {}, options, answer => textOf(answer, placeOf(url).name, limits.metalinkMaxBytes, clock.date())),
    openSources(plan, { hasRanges, mirrors }) {
      const slots = new PieceSlots(Math.max(PIECES_MIN, mirrors * PIECES_PER_MIRROR), PIECE_BYTES);
      const Kind = hasRanges ? MirrorSource : MirrorStream;
      return sharedSources((id, url, closing) => new Kind(id, placeOf(url), { plan, slots, closing }));
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

/** Gives the same source for the same id and url; disposing ends whatever they read. */
function sharedSources(makeSource: (id: string, url: string, closing: AbortSignal) => Source): SourceFactory {
  const sources = new Map<string, Source>();
  const closing = new AbortController();
  return {
    source(id, url) {
      const key = `${id} ${url}`;
      const source = sources.get(key) ?? makeSource(id, url, closing.signal);
      sources.set(key, source);
      return source;
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await Promise.all([...sources.values()].map(source => source[Symbol.asyncDispose]()));
    },
  };
}
