/** What people read, out of numbers and names; nothing here touches the page. */

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;

export function formatCount(count: number, language: string): string {
  return new Intl.NumberFormat(language).format(count);
}

/** `PT1H2M3S`, for `<time>`. */
export function formatIsoDuration(durationMs: number): string {
  return `PT${Math.round(durationMs / 1000)}S`;
}

/** `12 s`, `3 min`, `2 h`: about how long something lasts. */
export function formatSpan(spanMs: number, language: string): string {
  const seconds = Math.max(0, Math.round(spanMs / 1000));
  const [value, unit] = seconds < 90 ? [seconds, 'second'] : seconds < 90 * MINUTE_S ? [Math.round(seconds / MINUTE_S), 'minute'] : seconds < 48 * HOUR_S ? [Math.round(seconds / HOUR_S), 'hour'] : [Math.round(seconds / HOUR_S / 24), 'day'];
  return new Intl.NumberFormat(language, { style: 'unit', unit: unit as string, unitDisplay: 'short' }).format(value as number);
}

export function formatDate(atMs: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(atMs);
}

/** Of the day, to the second. */
export function formatTime(atMs: number, language: string): string {
  return new Intl.DateTimeFormat(language, { timeStyle: 'medium' }).format(atMs);
}

/** Of the first two words, for a video without a picture. */
export function initialsOf(title: string): string {
  const words = title.replace(/\.\w{2,4}$/, '').match(/[\p{L}\p{N}]+/gu) ?? ['?'];
  return words.slice(0, 2).map(word => [...word][0]!.toUpperCase()).join('');
}

/** A hue that is always the same for one content. */
export function hueOf(id: string): number {
  return Number.parseInt(id.slice(0, 4), 16) % 360;
}

/** As one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** What a command is given behind its options, whatever it begins with. */
export function shellOperand(text: string): string {
  return text.startsWith('-') ? `-- ${shellWord(text)}` : shellWord(text);
}

/** A name that is free as long as nobody took it meanwhile: `film (2).mp4`. */
export function otherName(name: string): string {
  const [, stem = name, count, extension = ''] = /^(.*?)(?: \((\d+)\))?(\.\w{1,5})?$/s.exec(name) ?? [];
  return `${stem} (${Number(count ?? 1) + 1})${extension}`;
}
