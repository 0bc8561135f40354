import type { Language, PlotMessages } from '../../base/messages/index.ts';

/** For whom pictures are drawn: in which words, and by which clock. */
export interface Reading {
  readonly language: Language;
  readonly messages: PlotMessages;
  /** As `Europe/Madrid`. */
  readonly timeZone: string;
}

/** `20 nov 2026, 18:04` */
export function formatDate(dateMs: number, { language, timeZone }: Pick<Reading, 'language' | 'timeZone'>): string {
  return new Intl.DateTimeFormat(language, { timeZone, year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(dateMs);
}
