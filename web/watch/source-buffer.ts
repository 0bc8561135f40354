/** Resolves when nothing is being added to it or taken from it. */
export function changeable(buffer: SourceBuffer): Promise<void> {
  if (!buffer.updating) return Promise.resolve();
  return new Promise(resolve => buffer.addEventListener('updateend', () => resolve(), { once: true }));
}
