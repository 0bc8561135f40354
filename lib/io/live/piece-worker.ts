import { parentPort } from 'node:worker_threads';
import { Logging, LogLevel } from 'mediabunny';
import { isVideoError } from '../../base/errors.ts';
import { SECOND_MS } from '../../base/units.ts';
import { makeFragment } from '../media/fragment.ts';
import { readBlock } from './block-media.ts';
import type { PieceAnswer, PieceQuestion } from './live-messages.ts';

/** Finer than any clock of a film. */
const SECOND_US = 1_000_000;

/** The thread that makes pieces of blocks, one at a time. */

// What it thinks of a block is nothing for the console of who watches.
Logging.level = LogLevel.Silent;

parentPort!.on('message', async (question: PieceQuestion) => {
  const answer = await make(question);
  const moved = answer.type === 'piece' ? [answer.piece.init.buffer as ArrayBuffer, answer.piece.media.buffer as ArrayBuffer] : [];
  parentPort!.postMessage(answer, moved);
});

async function make({ bytes, number, startMs }: PieceQuestion): Promise<PieceAnswer> {
  const name = String(number);
  try {
    const { tracks, packets, startS, endS } = await readBlock(bytes, name);
    const { header, boxes, contentType } = await makeFragment(tracks, packets, { number, shiftS: startMs / SECOND_MS - startS });
    return { type: 'piece', piece: { init: header, media: boxes, durationMs: Math.round((endS - startS) * SECOND_US) / 1000, contentType } };
  } catch (error) {
    const facts = isVideoError(error, 'not_remuxable') ? error.facts : { name, obstacle: 'structure' as const, codecs: [] };
    return { type: 'failed', code: 'not_remuxable', facts };
  }
}
