/** The end of what is there without a gap from that time on; what begins up to `sameS` later is there too. Undefined when nothing is. */
export function bufferedEnd(buffered: Pick<TimeRanges, 'length' | 'start' | 'end'>, atS: number, sameS: number): number | undefined {
  for (let index = 0; index < buffered.length; index += 1) {
    if (buffered.start(index) <= atS + sameS && buffered.end(index) >= atS) return buffered.end(index);
  }
  return undefined;
}

/** Resolves when nothing is being added to it or taken from it. */
export function changeable(buffer: SourceBuffer): Promise<void> {
  if (!buffer.updating) return Promise.resolve();
  return new Promise(resolve => buffer.addEventListener('updateend', () => resolve(), { once: true }));
}
