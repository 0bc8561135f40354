import type { Agent } from 'undici';
import type { Clock } from '../../base/clock.ts';
import { ifRangeOf, type Validator } from '../../domain/download/mirror.ts';
import type { ByteRange } from '../../domain/manifest.ts';
import { hostAndPort, parseMirrorUrl, type MirrorUrl } from '../../protocol/mirror-url.ts';
import { formatRange } from '../../protocol/range.ts';
import { problemWith, validatorIn } from './mirror-answer.ts';
import { requestMirror, type MirrorAnswer } from './mirror-request.ts';

/** Addresses behind redirects stop working when they were signed for a while. */
const EXPIRED: ReadonlySet<number> = new Set([401, 403, 404, 410]);

export interface WantedBytes {
  /** Name in errors. */
  readonly source: string;
  readonly sizeBytes: number;
  /** Without it, the whole file. */
  readonly range?: ByteRange | undefined;
  readonly signal: AbortSignal;
}

/** One address of a file, and what was learnt of it: where its redirects end, and the version that it had at first. */
export class MirrorPlace {
  readonly address: MirrorUrl;
  readonly #agent: Agent;
  readonly #clock: Clock;
  #validator: Validator | undefined;
  #end: MirrorUrl | undefined;

  constructor(url: string, agent: Agent, clock: Clock) {
    this.address = parseMirrorUrl(url);
    this.#agent = agent;
    this.#clock = clock;
  }

  get name(): string {
    return hostAndPort(this.address.url);
  }

  /** Undefined until something was asked there. */
  get validator(): Validator | undefined {
    return this.#validator;
  }

  /** What the first answer told; every later one has to agree with it. */
  learn({ place, headers }: Pick<MirrorAnswer, 'place' | 'headers'>): void {
    this.#end = place;
    this.#validator ??= validatorIn(headers);
  }

  /**
   * An answer whose body is exactly the bytes wanted, unless it ends early.
   *
   * @throws VideoError as `Source.read`
   */
  async fetch({ source, sizeBytes, range, signal }: WantedBytes): Promise<MirrorAnswer> {
    const ifRange = range && this.#validator && ifRangeOf(this.#validator);
    const headers = { ...(range && { range: formatRange(range) }), ...(ifRange !== undefined && { 'if-range': ifRange }) };
    let answer = await requestMirror(this.#agent, this.#end ?? this.address, { source, headers, signal });
    if (this.#end && EXPIRED.has(answer.status)) {
      answer.body.destroy();
      this.#end = undefined;
      answer = await requestMirror(this.#agent, this.address, { source, headers, signal });
    }
    const problem = problemWith(answer, { source, sizeBytes, range, validator: this.#validator, dateMs: this.#clock.date() });
    if (problem) {
      answer.body.destroy();
      throw problem;
    }
    this.learn(answer);
    return answer;
  }
}
