/** As the browser tells them: in order, without overlaps. */
export interface Ranges {
  readonly length: number;
  start(index: number): number;
  end(index: number): number;
}

/** The end of what is there without a gap from that time on; what begins up to `sameS` later is there too. Undefined when nothing is. */
export function bufferedEnd(buffered: Ranges, atS: number, sameS: number): number | undefined {
  for (let index = 0; index < buffered.length; index += 1) {
    if (buffered.start(index) <= atS + sameS && buffered.end(index) >= atS) return buffered.end(index);
  }
  return undefined;
}
