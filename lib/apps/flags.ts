import { VideoError } from '../base/errors.ts';
import { LOG_LEVELS } from '../base/log.ts';
import { LANGUAGES, type Messages } from '../base/messages/index.ts';
import { nearest } from '../base/nearest.ts';

interface FlagBase {
  readonly short?: string;
  /** One phrase of the help, in the reader's language. */
  help(messages: Messages): string;
}

/** `placeholder` stands for the value in the help; `shownDefault` for a default that only the program can work out. */
interface ValueFlag extends FlagBase {
  readonly placeholder: string;
  readonly shownDefault?: string;
  /** Nothing works without it. */
  readonly isRequired?: true;
}

export interface TextFlag extends ValueFlag {
  readonly kind: 'text';
  readonly default?: string;
}

export interface IntegerFlag extends ValueFlag {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
  readonly default?: number;
}

export interface ChoiceFlag<T extends string = string> extends ValueFlag {
  readonly kind: 'choice';
  readonly choices: readonly T[];
  readonly default?: T;
}

/** It may be typed several times; without any, an empty list. */
export interface ListFlag extends ValueFlag {
  readonly kind: 'list';
  readonly default?: undefined;
}

export interface SwitchFlag extends FlagBase {
  readonly kind: 'switch';
}

export type Flag = TextFlag | IntegerFlag | ChoiceFlag | ListFlag | SwitchFlag;

/** By camelCase key: `puertoCentral` is typed `--puerto-central`. */
export type FlagTable = Readonly<Record<string, Flag>>;

type ValueOf<F extends Flag> = F extends SwitchFlag
  ? boolean
  : F extends IntegerFlag
    ? number
    : F extends ChoiceFlag<infer T>
      ? T
      : F extends ListFlag
        ? readonly string[]
        : string;

/** A flag that is required or has a default always has a value; the others are undefined when nobody typed them. */
export type FlagValues<T extends FlagTable> = {
  readonly [K in keyof T]: T[K] extends SwitchFlag | ListFlag | { readonly default: unknown } | { readonly isRequired: true }
    ? ValueOf<T[K]>
    : ValueOf<T[K]> | undefined;
};

/** What every port flag is, to spread into the table: a TCP port; 0 takes any free one. */
export const portValue = { kind: 'integer', placeholder: 'N', min: 0, max: 65_535 } as const;

/** Flags that every program has. */
export const commonFlags = {
  idioma: { kind: 'choice', placeholder: 'es|pt|en', choices: LANGUAGES, help: ({ common }) => common.flags.language },
  json: { kind: 'switch', help: ({ common }) => common.flags.json },
  estadisticas: { kind: 'text', placeholder: 'DIR', default: './stats', help: ({ common }) => common.flags.statistics },
  nivel: { kind: 'choice', placeholder: 'debug|info|warn|error', choices: LOG_LEVELS, default: 'info', help: ({ common }) => common.flags.level },
  help: { kind: 'switch', short: 'h', help: ({ common }) => common.flags.help },
  version: { kind: 'switch', help: ({ common }) => common.flags.version },
} as const satisfies FlagTable;

/** What the command line said, before anyone looked at it. */
export type RawFlags = Readonly<Record<string, unknown>>;

/**
 * Gives each flag its value and type.
 *
 * @throws VideoError `usage` (unknown flag, value missing), `invalid_flag`
 */
export function parseFlags<T extends FlagTable>(table: T, raw: RawFlags, messages: Messages): FlagValues<T> {
  for (const key of Object.keys(raw)) {
    if (!Object.hasOwn(table, key)) throw unknownFlag(table, key, messages);
  }
  const entries = Object.entries(table).map(([key, flag]) => [key, valueOf(key, flag, raw[key], messages)]);
  return Object.fromEntries(entries) as FlagValues<T>;
}

/** `puertoCentral` → `--puerto-central`, `h` → `-h`. */
export function typedName(key: string): string {
  return key.length === 1 ? `-${key}` : `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
}

export function repeatedFlag(key: string, messages: Messages): VideoError {
  return new VideoError('usage', { reason: messages.common.repeatedFlag(typedName(key)) });
}

function unknownFlag(table: FlagTable, key: string, messages: Messages): VideoError {
  const near = nearest(typedName(key), Object.keys(table).map(typedName));
  return new VideoError('usage', { reason: messages.common.unknownFlag(typedName(key), near) });
}

function valueOf(key: string, flag: Flag, typed: unknown, messages: Messages): unknown {
  const name = typedName(key);
  if (flag.kind === 'switch') return typed === true;
  if (flag.kind === 'list') return listOf(name, flag, typed, messages);
  if (typed === undefined && flag.isRequired) {
    throw new VideoError('usage', { reason: messages.common.missingFlag(name, flag.placeholder) });
  }
  if (typed === undefined) return flag.default;
  if (typeof typed !== 'string') throw unknownFlag({}, `no${key[0]!.toUpperCase()}${key.slice(1)}`, messages);
  if (typed === '') throw new VideoError('usage', { reason: messages.common.missingValue(name, flag.placeholder) });
  const refuse = (expected: string) => new VideoError('invalid_flag', { flag: name, value: typed, expected });
  switch (flag.kind) {
    case 'text':
      return typed;
    case 'choice':
      if (!flag.choices.includes(typed)) throw refuse(messages.common.oneOf(flag.choices));
      return typed;
    case 'integer': {
      const value = Number(typed);
      const isInRange = /^-?\d+$/.test(typed) && Number.isSafeInteger(value) && value >= flag.min && value <= flag.max;
      if (!isInRange) throw refuse(messages.common.integerIn(flag.min, flag.max));
      return value;
    }
    default:
      return flag satisfies never;
  }
}

function listOf(name: string, { placeholder }: ListFlag, typed: unknown, messages: Messages): readonly string[] {
  const values = (typed ?? []) as readonly string[];
  if (values.includes('')) throw new VideoError('usage', { reason: messages.common.missingValue(name, placeholder) });
  return values;
}
