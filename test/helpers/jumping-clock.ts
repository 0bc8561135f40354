const JUMPING = new URL('../fixtures/jumping-clock.js', import.meta.url).href;

/** Environment of a program whose wall clock jumps an hour ahead at a SIGUSR2, and back at the next one. */
export function jumpingClock({ isAhead = false } = {}): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import=${JUMPING}`, ...(isAhead && { CLOCK_AHEAD: '1' }) };
}
