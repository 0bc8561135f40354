/** Size and type (ISO/IEC 14496-12 §4.2). */
const HEAD_BYTES = 8;
const CONTAINERS = new Set(['moov', 'trak', 'mdia']);
/** Of the film, of a track and of its media (§8.2.2, §8.3.2, §8.4.2): version and flags, then times of creation and change. */
const TIMED = new Set(['mvhd', 'tkhd', 'mdhd']);

/** Writes into `ftyp` and `moov`, in place, that nobody knows when the film was made, so that they are the same bytes whenever they are made. */
export function clearTimes<Header extends Uint8Array>(header: Header): Header {
  const bytes = Buffer.from(header.buffer, header.byteOffset, header.byteLength);
  clearWithin(bytes);
  return header;
}

function clearWithin(boxes: Buffer): void {
  for (let at = 0; at + HEAD_BYTES < boxes.length; ) {
    const sizeBytes = boxes.readUInt32BE(at);
    const type = boxes.toString('latin1', at + 4, at + HEAD_BYTES);
    const body = boxes.subarray(at + HEAD_BYTES, at + sizeBytes);
    if (CONTAINERS.has(type)) clearWithin(body);
    else if (TIMED.has(type)) body.fill(0, 4, body[0] === 1 ? 20 : 12);
    at += sizeBytes;
  }
}
