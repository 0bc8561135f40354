import type { Language } from '../../base/messages/index.ts';
import { DAY_MS, GIB, KIB, MIB, MINUTE_MS, SECOND_MS } from '../../base/units.ts';

export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** From zero to `max`, which is at least what has to fit. */
export interface Axis {
  readonly max: number;
  readonly ticks: readonly Tick[];
  /** What the figures are: `MiB/s`. */
  readonly unit: string;
}

interface Unit {
  readonly name: string;
  readonly size: number;
}

const HOUR_MS = 60 * MINUTE_MS;
const byteUnits: readonly Unit[] = [
  { name: 'TiB', size: KIB * GIB },
  { name: 'GiB', size: GIB },
  { name: 'MiB', size: MIB },
  { name: 'KiB', size: KIB },
  { name: 'B', size: 1 },
];
const timeUnits: readonly Unit[] = [
  { name: 'h', size: HOUR_MS },
  { name: 'min', size: MINUTE_MS },
  { name: 's', size: SECOND_MS },
  { name: 'ms', size: 1 },
];

/** Whole numbers of something. */
export function countAxis(largest: number, unit: string, language: Language, steps = 6): Axis {
  const step = Math.max(1, niceStep(largest / steps));
  return axisOf(largest, step, { name: unit, size: 1 }, language);
}

export function byteAxis(largest: number, language: Language, { perSecond = false, steps = 6 } = {}): Axis {
  const unit = byteUnits.find(({ size }) => largest >= size) ?? byteUnits.at(-1)!;
  return axisOf(largest, unit.size * niceStep(largest / unit.size / steps), { ...unit, name: perSecond ? `${unit.name}/s` : unit.name }, language);
}

/** Of milliseconds. */
export function durationAxis(largestMs: number, language: Language, steps = 6): Axis {
  const unit = timeUnits.find(({ size }) => largestMs >= 2 * size) ?? timeUnits.at(-1)!;
  return axisOf(largestMs, unit.size * niceStep(largestMs / unit.size / steps), unit, language);
}

function axisOf(largest: number, step: number, { name, size }: Unit, language: Language): Axis {
  const count = Math.max(1, Math.ceil(largest / step - 1e-9));
  const ticks = Array.from({ length: count + 1 }, (_, index) => ({ value: index * step, text: ((index * step) / size).toLocaleString(language, { maximumFractionDigits: 3 }) }));
  return { max: count * step, ticks, unit: name };
}

/** The next of 1, 2, 5, 10, 20, 50 … that is no smaller. */
function niceStep(atLeast: number): number {
  if (!(atLeast > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(atLeast));
  return power * ([1, 2, 5].find(factor => factor * power >= atLeast * (1 - 1e-9)) ?? 10);
}

const CLOCK_STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map(minutes => minutes * MINUTE_MS);
const DAY_STEPS = [1, 2, 5, 7, 10, 14];

/** Round times between two dates, as a clock on the wall of `timeZone` shows them; about `steps` of them. */
export function dateTicks(fromMs: number, toMs: number, { language, timeZone, steps = 9 }: { readonly language: Language; readonly timeZone: string; readonly steps?: number }): readonly Tick[] {
  const atLeast = (toMs - fromMs) / steps;
  const stepMs = CLOCK_STEPS_MS.find(step => step >= atLeast) ?? DAY_MS * (DAY_STEPS.find(days => days * DAY_MS >= atLeast) ?? 30);
  const day = new Intl.DateTimeFormat(language, { timeZone, day: 'numeric', month: 'short' });
  const time = new Intl.DateTimeFormat(language, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const offsetMs = zoneOffsetMs(fromMs, timeZone);
  const ticks: Tick[] = [];
  for (let wallMs = Math.ceil((fromMs + offsetMs) / stepMs) * stepMs; ; wallMs += stepMs) {
    // Clocks may have been changed on the way.
    const value = wallMs - zoneOffsetMs(wallMs - offsetMs, timeZone);
    if (value > toMs) return ticks;
    ticks.push({ value, text: wallMs % DAY_MS === 0 || stepMs >= DAY_MS ? day.format(value) : time.format(value) });
  }
}

/** How far the wall clock is ahead of UTC. */
function zoneOffsetMs(dateMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' }).formatToParts(dateMs);
  const [year, month, day, hour, minute] = (['year', 'month', 'day', 'hour', 'minute'] as const).map(type => Number(parts.find(part => part.type === type)!.value));
  return Date.UTC(year!, month! - 1, day, hour, minute) - Math.floor(dateMs / MINUTE_MS) * MINUTE_MS;
}
