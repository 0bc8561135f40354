/** Of version and flags of a box (ISO/IEC 14496-12 §4.2). */
const VERSION_AND_FLAGS_BYTES = 4;

/**
 * Writes into the head of a film, `ftyp` and `moov`, how long the film is, which who writes fragments does not know: players show it, and let people seek in it. What
 * does not fit is left out.
 */
export function setMovieDuration(header: Uint8Array, durationS: number): void {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const at = Buffer.from(header.buffer, header.byteOffset, header.byteLength).indexOf('mvhd') + 'mvhd'.length;
  const isLong = view.getUint8(at) === 1;
  // After the times of creation and change (§8.2.2).
  const timescaleAt = at + VERSION_AND_FLAGS_BYTES + (isLong ? 16 : 8);
  const units = Math.round(durationS * view.getUint32(timescaleAt));
  if (isLong) view.setBigUint64(timescaleAt + 4, BigInt(units));
  else if (units < 2 ** 32) view.setUint32(timescaleAt + 4, units);
}
