import type { ServerEvent } from './server-events.ts';

const LINES_MAX = 200;

export interface LogLine {
  readonly id: string;
  readonly atMs: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly sentence: string;
}

/** The last lines, the newest at the end. */
export interface EventLog {
  readonly lines: readonly LogLine[];
  /** What was seen when it was paused, while it is. */
  readonly held: readonly LogLine[] | undefined;
  /** How many came since then. */
  readonly unseen: number;
}

export const emptyLog: EventLog = { lines: [], held: undefined, unseen: 0 };

/** Those that are there already are left out: another central, or one that began anew, tells all that it keeps. */
export function addEvents({ lines, held, unseen }: EventLog, events: readonly ServerEvent[]): EventLog {
  const known = new Set(lines.map(({ id }) => id));
  const fresh = events.filter(({ id }) => !known.has(id)).map(lineOf);
  return { lines: [...lines, ...fresh].slice(-LINES_MAX), held, unseen: held ? unseen + fresh.length : 0 };
}

export function pauseLog(log: EventLog): EventLog {
  return { ...log, held: log.lines };
}

export function resumeLog(log: EventLog): EventLog {
  return { ...log, held: undefined, unseen: 0 };
}

function lineOf({ id, data }: ServerEvent): LogLine {
  const { atMs, level, sentence } = JSON.parse(data) as Omit<LogLine, 'id'>;
  return { id, atMs, level, sentence };
}
