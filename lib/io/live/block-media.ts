import { BufferSource } from 'mediabunny';
import { VideoError } from '../../base/errors.ts';
import { SECOND_MS } from '../../base/units.ts';
import { limits } from '../../protocol/limits.ts';
import { CarriedFilm } from '../media/carried-film.ts';
import type { CarriedTrack } from '../media/carried-track.ts';
import { endOf, packetsOf, type CarriedPacket } from '../media/cut.ts';

/** What is in a block, of whatever container. */
export interface BlockMedia {
  readonly tracks: readonly CarriedTrack[];
  readonly packets: readonly CarriedPacket[];
  /** Of the picture, or of what is heard when there is none. */
  readonly startS: number;
  readonly endS: number;
}

/** Of one picture that does not say how long it is shown. */
const SHORTEST_S = 0.001;

/** @throws VideoError `not_remuxable`, also when it is too long; whatever a parser throws */
export async function readBlock(bytes: Uint8Array, name: string): Promise<BlockMedia> {
  const broken = new VideoError('not_remuxable', { name, obstacle: 'structure', codecs: [] });
  using film = await CarriedFilm.open(() => new BufferSource(bytes), name);
  await film.seek(0);
  const cut = await film.cut({ minS: Infinity, maxBytes: limits.liveBlockMaxBytes });
  if (!cut) throw broken;
  const { tracks, packets } = cut;
  const pictures = packetsOf(packets, tracks[0]);
  if (pictures.length === 0) throw broken;
  const startS = Math.min(...pictures.map(({ timestamp }) => timestamp));
  const endS = Math.max(endOf(packets, tracks[0]), startS + SHORTEST_S);
  if ((endS - startS) * SECOND_MS > limits.liveBlockMaxMs) throw broken;
  return { tracks, packets, startS, endS };
}
