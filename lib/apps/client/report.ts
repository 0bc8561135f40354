import type { Language, Messages } from '../../base/messages/index.ts';
import { padText, textWidth } from '../../base/text-width.ts';
import { formatBytes, formatDuration, formatRate, MINUTE_MS, SECOND_MS } from '../../base/units.ts';
import type { DownloadRecord, SourceRecord } from '../../domain/statistics.ts';

/** How a download went, as lines: what came, from whom, what was rescued, and where the file is. */
export function reportLines(record: DownloadRecord, language: Language, messages: Messages): readonly string[] {
  const { report } = messages.client;
  const rows: (readonly [string, string])[] = [
    [report.size, formatBytes(record.sizeBytes, language) + resumedText(record, language, messages)],
    [report.time, timeText(record, language, messages)],
    ...byName(record.sources.filter(isWorthTelling)).map(source => [report.source, sourceText(source, record, language, messages)] as const),
  ];
  if (record.outcome === 'done') {
    rows.push(...rescueTexts(record, language, messages).map(text => [report.rescued, text] as const));
    rows.push([report.file, record.path]);
  }
  const columns = Math.max(...rows.map(([title]) => textWidth(title)));
  return [headline(record, messages), ...rows.map(([title, text]) => `  ${padText(title, columns)}  ${text}`)];
}

function headline({ name, outcome, error, verified }: DownloadRecord, messages: Messages): string {
  const { report } = messages.client;
  if (error === 'checksum_mismatch') return report.mismatched(name);
  return outcome === 'done' && verified === false ? report.unverified(name) : report[outcome](name);
}

function isWorthTelling({ bytes, failures, hashFailures }: SourceRecord): boolean {
  return bytes > 0 || failures > 0 || hashFailures > 0;
}

function resumedText({ resumedBytes }: DownloadRecord, language: Language, messages: Messages): string {
  return resumedBytes > 0 ? messages.client.report.resumed(formatBytes(resumedBytes, language)) : '';
}

function timeText({ elapsedMs, waitedMs, rate }: DownloadRecord, language: Language, messages: Messages): string {
  const { report } = messages.client;
  const waited = waitedMs >= SECOND_MS ? report.waited(formatDuration(waitedMs)) : '';
  return report.at(preciseDuration(elapsedMs, language), formatRate(rate, language)) + waited;
}

/** What would have been lost, or waited for, without the other sources. */
function rescueTexts({ sources, duplicateBytes }: DownloadRecord, language: Language, messages: Messages): readonly string[] {
  const { report } = messages.client;
  const lines: string[] = [];
  const tell = (key: 'reassignedParts' | 'hashFailures', write: (parts: number, sources: string) => string) => {
    const those = byName(sources.filter(source => source[key] > 0));
    const parts = those.reduce((sum, source) => sum + source[key], 0);
    if (parts > 0) lines.push(write(parts, listOf(those, language)));
  };
  const givers = sources.filter(({ bytes }) => bytes > 0);
  tell('reassignedParts', givers.length > 1 ? report.takenOver : report.askedAgain);
  tell('hashFailures', report.replaced);
  if (duplicateBytes > 0) lines.push(report.duplicated(formatBytes(duplicateBytes, language)));
  return lines;
}

function byName(sources: readonly SourceRecord[]): readonly SourceRecord[] {
  return sources.toSorted((one, other) => one.id.localeCompare(other.id, undefined, { numeric: true }));
}

function listOf(sources: readonly SourceRecord[], language: Language): string {
  return new Intl.ListFormat(language).format(sources.map(({ id }) => id));
}

function sourceText(source: SourceRecord, record: DownloadRecord, language: Language, messages: Messages): string {
  const { report } = messages.client;
  const share = record.receivedBytes > 0 ? Math.round((source.bytes / record.receivedBytes) * 100) : 0;
  const faults = [
    ...(source.failures > 0 ? [report.failures(source.failures)] : []),
    ...(source.hashFailures > 0 ? [report.corrupt(source.hashFailures)] : []),
  ];
  const gave = source.bytes > 0 ? report.gave(formatBytes(source.bytes, language), `${share} %`, formatRate(source.rate, language)) : report.gaveNothing;
  return [`${source.id}: ${gave}`, ...faults].join(', ');
}

/** Short downloads deserve tenths: `2,4 s`; the shortest, milliseconds. */
function preciseDuration(ms: number, language: Language): string {
  if (ms >= MINUTE_MS) return formatDuration(ms);
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  return `${(ms / SECOND_MS).toLocaleString(language, { maximumFractionDigits: 1 })} s`;
}
