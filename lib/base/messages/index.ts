import type { ErrorCode, ErrorFacts } from '../errors.ts';
import type { EventFields, EventName } from '../events.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { pt } from './pt.ts';

export const LANGUAGES = ['es', 'pt', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Messages = typeof en;
export type AccessMessages = typeof en.access;
export type { PlotMessages } from './plots/en.ts';
export type ErrorMessages = { readonly [C in ErrorCode]: (facts: ErrorFacts[C]) => string };
export type EventMessages = { readonly [E in EventName]: (fields: EventFields[E]) => string };

const catalogs: Readonly<Record<Language, Messages>> = { es, pt, en };

export function messagesIn(language: Language): Messages {
  return catalogs[language];
}

export function isLanguage(value: string): value is Language {
  return (LANGUAGES as readonly string[]).includes(value);
}

/** The reader's language by POSIX rules (`LC_ALL`, then `LC_MESSAGES`, then `LANG`); Spanish when it is none of ours. */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): Language {
  const wanted = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || '';
  const prefix = wanted.slice(0, 2).toLowerCase();
  return isLanguage(prefix) ? prefix : 'es';
}
