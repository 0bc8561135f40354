/** Of the boxes `moov` and `mvhd`, which is its first, and of what follows (ISO/IEC 14496-12 §8.2.2). */
const HEADS_BYTES = 16;
const VERSION_AND_FLAGS_BYTES = 4;

/**
 * Writes into a `moov` how long the film is, which who writes fragments does not know: players show it, and let people seek in it. What
 * does not fit is left out.
 */
export function setMovieDuration(moov: Uint8Array, durationS: number): void {
  const view = new DataView(moov.buffer, moov.byteOffset, moov.byteLength);
  const isLong = view.getUint8(HEADS_BYTES) === 1;
  // After the times of creation and change.
  const timescaleAt = HEADS_BYTES + VERSION_AND_FLAGS_BYTES + (isLong ? 16 : 8);
  const units = Math.round(durationS * view.getUint32(timescaleAt));
  if (isLong) view.setBigUint64(timescaleAt + 4, BigInt(units));
  else if (units < 2 ** 32) view.setUint32(timescaleAt + 4, units);
}
