import prettyBytes from 'pretty-bytes';

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;
export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const DAY_MS = 24 * 60 * MINUTE_MS;

/** `1536` → `1.5 KiB`, with the decimal separator of `locale`. */
export function formatBytes(bytes: number, locale = 'es'): string {
  return prettyBytes(bytes, { binary: true, locale, maximumFractionDigits: 1 });
}

/** Bytes a second as people read them: `12.3 MiB/s`. */
export function formatRate(bytesPerSecond: number, locale = 'es'): string {
  return `${formatBytes(Math.round(bytesPerSecond), locale)}/s`;
}

/** `2M`, `1.5 MiB/s`, `500k`, `4096` as people type them: bytes, in powers of 1024. Undefined when it is none. */
export function parseBytes(text: string): number | undefined {
  const [, amount, prefix = ''] = /^(\d+(?:[.,]\d+)?)\s*([kmg]?)(?:i?b)?(?:\/s)?$/i.exec(text.trim()) ?? [];
  if (amount === undefined) return undefined;
  return Math.round(Number(amount.replace(',', '.')) * KIB ** ['', 'k', 'm', 'g'].indexOf(prefix.toLowerCase()));
}

/** `75 000` ms → `1:15`; an hour or more → `1:02:03`. Unknown (not finite) → `-:--`. */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs)) return '-:--';
  const seconds = Math.max(0, Math.round(durationMs / SECOND_MS));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
