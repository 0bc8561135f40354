import type { FilePlan } from '../../domain/download/file-plan.ts';
import type { Source } from '../../domain/download/source.ts';
import { partRange } from '../../domain/manifest.ts';
import { protocolError, toSourceError } from './mirror-request.ts';
import type { MirrorPlace } from './mirror-place.ts';
import { PieceFiller } from './piece-filler.ts';
import type { PieceSlots } from './parts/piece-slots.ts';

/** What the sources of one file share. */
export interface MirrorSourceContext {
  readonly plan: FilePlan;
  readonly slots: PieceSlots;
  /** Aborted when the sources are closed. */
  readonly closing: AbortSignal;
}

/** A server of others that answers ranges: each run of parts is one request. */
export class MirrorSource implements Source {
  readonly id: string;
  readonly #place: MirrorPlace;
  readonly #context: MirrorSourceContext;

  constructor(id: string, place: MirrorPlace, context: MirrorSourceContext) {
    this.id = id;
    this.#place = place;
    this.#context = context;
  }

  read: Source['read'] = async (run, receiver, options) => {
    const { plan, slots, closing } = this.#context;
    const signal = AbortSignal.any([options.signal, closing]);
    const range = { start: partRange(plan, run.first).start + (run.from ?? 0), end: partRange(plan, run.first + run.count - 1).end };
    const { body } = await this.#place.fetch({ source: this.id, sizeBytes: plan.sizeBytes, range, signal });
    const filler = new PieceFiller(plan, slots, run, receiver);
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        const rest = await filler.take(chunk, signal);
        if (rest.byteLength > 0) throw protocolError(this.id, 'more bytes than asked for');
      }
      if (!filler.isComplete) throw protocolError(this.id, 'fewer bytes than asked for');
    } catch (error) {
      throw toSourceError(error, this.id, signal);
    } finally {
      filler.drop();
      body.destroy();
    }
  };

  async [Symbol.asyncDispose](): Promise<void> {
    // Its connections are the agent's.
  }
}
