import meow from 'meow';
import { isLanguage, languageOf, messagesIn, type Language, type Messages } from '../base/messages/index.ts';
import { VERSION } from '../protocol/version.ts';
import { repeatedFlag, typedName, type FlagTable, type RawFlags } from './flags.ts';

export interface CommandLine {
  readonly raw: RawFlags;
  /** What is no flag, in order. */
  readonly words: readonly string[];
}

/**
 * Splits the command line into flags and words; what the flags are worth is for `parseFlags` to say.
 *
 * @throws VideoError `usage` when a flag is repeated
 */
export function readCommandLine(meta: ImportMeta, name: string, table: FlagTable, messages: Messages): CommandLine {
  try {
    const { flags, input } = meow('', {
      importMeta: meta,
      argv: withDashes(process.argv.slice(2), table),
      // Otherwise meow names the process after the first program of the package.
      pkg: { name, version: VERSION },
      flags: Object.fromEntries(
        Object.entries(table).map(([key, { kind, short }]) => [
          key,
          { type: kind === 'switch' ? 'boolean' : 'string', ...(short && { shortFlag: short }), ...(kind === 'list' && { isMultiple: true }) },
        ]),
      ),
      description: false,
      autoHelp: false,
      autoVersion: false,
      booleanDefault: undefined,
    });
    return { raw: flags, words: input };
  } catch (error) {
    // meow knows no other way to say it.
    const repeated = /^The flag --(\w+) can only be set once/.exec((error as Error).message)?.[1];
    throw repeated ? repeatedFlag(repeated, messages) : error;
  }
}

/** `--flag -` as `--flag=-`: meow takes a lone dash, which stands for the standard input, for a word. */
function withDashes(argv: readonly string[], table: FlagTable): string[] {
  const valued = new Set(Object.keys(table).filter(key => table[key]!.kind !== 'switch').map(typedName));
  const joined: string[] = [];
  for (const word of argv) {
    const last = joined.at(-1);
    if (word === '-' && last !== undefined && valued.has(last)) joined[joined.length - 1] = `${last}=-`;
    else joined.push(word);
  }
  return joined;
}

export interface Reader {
  readonly language: Language;
  readonly messages: Messages;
  /** Whether details are wanted when something breaks. */
  readonly isDebugging: boolean;
}

/** Who reads, as far as can be told before the command line is understood: its errors have a language too. */
export function guessReader(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  usual: Language = languageOf(environment),
): Reader {
  const wanted = valueAfter(argv, '--idioma');
  const language = wanted !== undefined && isLanguage(wanted) ? wanted : usual;
  return { language, messages: messagesIn(language), isDebugging: valueAfter(argv, '--nivel') === 'debug' };
}

function valueAfter(argv: readonly string[], flag: string): string | undefined {
  const joined = argv.find(word => word.startsWith(`${flag}=`));
  if (joined !== undefined) return joined.slice(flag.length + 1);
  const index = argv.indexOf(flag);
  return index < 0 ? undefined : argv[index + 1];
}
