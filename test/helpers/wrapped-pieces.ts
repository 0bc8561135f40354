import { VideoError } from '../../lib/base/errors.ts';
import type { Piece, PieceMaker } from '../../lib/domain/live/piece.ts';

/** A block of bytes that begins with this is of no form that players take. */
export const UNPLAYABLE = '!';

/**
 * Makes pieces that are the very bytes of the blocks, `START:BYTES`; what stands before a `/` in them is their
 * init, and behind a `@` their duration in ms. Remembers the numbers that it was asked for.
 */
export class WrappedPieces implements PieceMaker {
  readonly made: number[] = [];

  makePiece(bytes: Uint8Array, { number, startMs }: { readonly number: number; readonly startMs: number }): Promise<Piece> {
    this.made.push(number);
    const text = Buffer.from(bytes).toString();
    if (text.startsWith(UNPLAYABLE)) return Promise.reject(new VideoError('not_remuxable', { name: `${number}`, obstacle: 'container', codecs: [] }));
    const [, init = '', media = '', durationMs = '2000'] = /^(?:(.*)\/)?([^@]*)(?:@(.+))?$/.exec(text) ?? [];
    return Promise.resolve({ init: Buffer.from(init), media: Buffer.from(`${startMs}:${media}`), durationMs: Number(durationMs), contentType: 'video/mp4; codecs="avc1.42c01e"' });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
