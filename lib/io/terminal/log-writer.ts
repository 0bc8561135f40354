import { styleText } from 'node:util';
import type { LogLevel, LogWriter } from '../../base/log.ts';
import type { Messages } from '../../base/messages/index.ts';
import { eventSentence } from '../../base/messages/sentence.ts';
import type { Screen } from './screen.ts';

const COLOURS = { debug: 'gray', info: undefined, warn: 'yellow', error: 'red' } as const satisfies Record<LogLevel, string | undefined>;

export interface LogWriterOptions {
  readonly screen: Screen;
  readonly messages: Messages;
  /** Milliseconds since 1970. */
  readonly date?: () => number;
  /** Colours are for terminals, and for people who did not refuse them (`NO_COLOR`). */
  readonly isColoured?: boolean;
}

/** Tells events as sentences in the reader's language, with the time, above the bars and the prompt. */
export function createLogWriter({ screen, messages, date = Date.now, isColoured = wantsColour(screen) }: LogWriterOptions): LogWriter {
  return (level, event, fields) => {
    const line = `${timeOf(date())} ${eventSentence(messages, event, fields)}`;
    const colour = COLOURS[level];
    screen.print(isColoured && colour ? styleText(colour, line) : line);
  };
}

function wantsColour(screen: Screen): boolean {
  return screen.isTerminal && !process.env['NO_COLOR'];
}

/** `14:03:59`, in the machine's time zone. */
function timeOf(dateMs: number): string {
  const date = new Date(dateMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(part => String(part).padStart(2, '0')).join(':');
}
