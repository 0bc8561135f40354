import cliProgress from 'cli-progress';
import type { DownloadProgress, SourceState } from '../../domain/download/progress.ts';
import type { Language, Messages } from '../../base/messages/index.ts';
import { printable } from '../../base/printable.ts';
import { fitText, padText, textWidth } from '../../base/text-width.ts';
import { formatDuration, formatRate } from '../../base/units.ts';

const BAR_MAX_COLUMNS = 40;
const BAR_MIN_COLUMNS = 6;
const NAME_MAX_SHARE = 0.3;
const PERCENT_COLUMNS = 5;
const RATE_COLUMNS = 13;
const NOTE_COLUMNS = 14;
const GAPS = 8;

/** What a bar shows beside its length. */
export interface BarFacts {
  readonly label: string;
  readonly rateText: string;
  /** Time left, or a source's state. */
  readonly note: string;
}

/** One bar in exactly the row that the terminal has; the bar gives up its room first, then the name. */
export function barText(share: number, { label, rateText, note }: BarFacts, columns: number): string {
  const fixed = PERCENT_COLUMNS + RATE_COLUMNS + NOTE_COLUMNS + GAPS;
  const nameColumns = Math.max(8, Math.floor(columns * NAME_MAX_SHARE));
  const barColumns = Math.min(BAR_MAX_COLUMNS, columns - fixed - nameColumns);
  const percent = percentText(share).padStart(PERCENT_COLUMNS);
  const ending = `${percent}  ${rateText.padStart(RATE_COLUMNS)}  ${note}`;
  const room = columns - textWidth(ending) - 2;
  if (barColumns < BAR_MIN_COLUMNS) return fitText(`${padText(label, Math.max(4, Math.min(nameColumns, room)))}  ${ending}`, columns);
  const barsize = barColumns;
  const bar = cliProgress.Format.BarFormat(share, {
    barsize,
    barCompleteString: '█'.repeat(barsize),
    barIncompleteString: '░'.repeat(barsize),
    barGlue: '',
  });
  return fitText(`${padText(label, nameColumns)}  ${bar}  ${ending}`, columns);
}

export function wholeFacts(name: string, progress: DownloadProgress | undefined, language: Language, messages: Messages): BarFacts {
  const label = printable(name);
  if (!progress) return { label, rateText: '', note: '' };
  return {
    label,
    rateText: formatRate(progress.rate, language),
    note: messages.common.progress.left(formatDuration(progress.etaMs)),
  };
}

export function sourceFacts(id: string, rate: number, state: SourceState, language: Language, messages: Messages): BarFacts {
  // A rate of nothing is only worth telling of a source that should be sending.
  const rateText = rate > 0 || state === 'active' ? formatRate(rate, language) : '';
  return { label: `  ${printable(id)}`, rateText, note: messages.common.progress.states[state] };
}

/** Rounded down: 100 % is for what is whole. */
export function percentText(share: number): string {
  return `${Math.floor(share * 100)} %`;
}
