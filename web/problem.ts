import { printable } from '../lib/base/printable.ts';
import { ApiError } from './api.ts';
import type { Messages } from './messages/es.ts';

type Sentence = (facts: Readonly<Record<string, unknown>>) => string;

/** What happened and what to do, for whoever reads the page. */
export function sentenceOf(error: unknown, { errors }: Messages): string {
  if (!(error instanceof ApiError)) return printable(errors.unknown({ message: String(error) }));
  const known = errors as unknown as Readonly<Record<string, Sentence | string>>;
  const sentence = Object.hasOwn(known, error.code) ? known[error.code] : undefined;
  return printable(typeof sentence === 'function' ? sentence(error.details) : errors.unknown({ message: error.message }));
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
