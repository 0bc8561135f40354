import type { EventFields, EventName } from './events.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Where programs tell what they do. `lib` never prints; the terminal shows these as sentences. */
export type Log = {
  readonly [Level in LogLevel]: <E extends EventName>(event: E, fields: EventFields[E]) => void;
};

/** Receives every event that passes the level. */
export type LogWriter = <E extends EventName>(level: LogLevel, event: E, fields: EventFields[E]) => void;

export function createLog(write: LogWriter, lowest: LogLevel = 'info'): Log {
  const isWanted = (level: LogLevel) => LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(lowest);
  const at =
    (level: LogLevel) =>
    <E extends EventName>(event: E, fields: EventFields[E]) => {
      if (isWanted(level)) write(level, event, fields);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Tells each event to all of them. */
export function teeLogs(...logs: readonly Log[]): Log {
  const at =
    (level: LogLevel) =>
    <E extends EventName>(event: E, fields: EventFields[E]) => {
      for (const log of logs) log[level](event, fields);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export const silentLog: Log = createLog(() => undefined);
