import type { Command } from '../base/command.ts';
import { VideoError } from '../base/errors.ts';
import { createLog, silentLog, type Log } from '../base/log.ts';
import type { Language, Messages } from '../base/messages/index.ts';
import { runConsole } from '../io/terminal/console.ts';
import { isNullDevice } from '../io/terminal/input-lines.ts';
import { createLogWriter } from '../io/terminal/log-writer.ts';
import { openQuestions, type Questions } from '../io/terminal/questions.ts';
import { createScreen, type Screen } from '../io/terminal/screen.ts';
import { VERSION } from '../protocol/version.ts';
import { guessReader, readCommandLine, type Reader } from './command-line.ts';
import { failureOf, surviveBrokenPipes, watchForBugs, writeFlushed } from './failure.ts';
import { commonFlags, parseFlags, type FlagTable, type FlagValues } from './flags.ts';
import { helpOf, type ProgramText } from './help.ts';
import { Stopping, stopStatusOf } from './stopping.ts';

/** What a program is, as data. */
export interface ProgramDescription<F extends FlagTable = FlagTable> {
  /** As it is typed: `videocliente`. */
  readonly name: string;
  /** Beside the flags that every program has. */
  readonly flags: F;
  /** Whether words that are not flags mean something (`videocliente listar`). */
  readonly takesWords?: boolean;
  /** What it speaks to who asks for no language; without it, what the environment says. */
  readonly language?: Language;
  /** Whether nothing is told but what `main` tells. */
  isQuiet?(flags: FlagValues<F>): boolean;
  text(messages: Messages): ProgramText;
}

/** What `main` gets: the command line understood, the reader's language, the screen, the log and when to stop. */
export interface Program<F extends FlagTable = FlagTable> {
  readonly flags: FlagValues<F & typeof commonFlags>;
  readonly words: readonly string[];
  readonly language: Language;
  readonly messages: Messages;
  /** The text of `--help`. */
  readonly help: () => string;
  readonly screen: Screen;
  readonly log: Log;
  /** Two speeds: `drain` finishes what is held, `abort` leaves everything now. */
  readonly stopping: Stopping;
  /** Asks on the standard input, which no console is to read before it is disposed of. */
  openQuestions(): Questions;
  /** Runs the console on the standard input until its end, `salir` or a signal; without a console, until a signal. */
  readCommands(commands: readonly Command[], options: { readonly prompt: string; readonly isOff?: boolean; readonly welcomes?: boolean }): Promise<void>;
}

/**
 * The frame of every program: reads the command line, runs `main` until it is done or a signal stops it, tells what
 * went wrong in one line, and ends the process with its exit status (0 done, 1 failed, 2 wrong usage, 128 + signal).
 */
export async function runProgram<F extends FlagTable>(
  meta: ImportMeta,
  description: ProgramDescription<F>,
  main: (program: Program<F>) => Promise<void>,
): Promise<void> {
  surviveBrokenPipes(process.stdout, process.stderr);
  const bug = watchForBugs();
  const reader = guessReader(process.argv, process.env, description.language);
  const stopping = new Stopping();
  stopping.listen(process);
  const screens: Screen[] = [];
  let status = 0;
  try {
    const done = start(meta, description, main, { reader, stopping, onScreen: screen => screens.push(screen) });
    await Promise.race([done, bug, stopping.impatience]);
  } catch (error) {
    for (const screen of screens) screen.close();
    status = stopStatusOf(stopping, error) ?? (await tellFailure(description.name, error, reader));
  }
  await writeFlushed(process.stdout, '');
  process.exit(status);
}

interface Frame {
  readonly reader: Reader;
  readonly stopping: Stopping;
  readonly onScreen: (screen: Screen) => void;
}

async function start<F extends FlagTable>(
  meta: ImportMeta,
  description: ProgramDescription<F>,
  main: (program: Program<F>) => Promise<void>,
  { reader, stopping, onScreen }: Frame,
): Promise<void> {
  const { language, messages } = reader;
  const table = { ...description.flags, ...commonFlags };
  const { raw, words } = readCommandLine(meta, description.name, table, messages);
  const help = () => helpOf(description.name, table, description.text(messages), messages);
  if (raw['help'] === true) return writeFlushed(process.stdout, help());
  if (raw['version'] === true) return writeFlushed(process.stdout, `${VERSION}\n`);
  const flags = parseFlags(table, raw, messages) as FlagValues<F & typeof commonFlags>;
  if (!description.takesWords && words.length > 0) {
    throw new VideoError('usage', { reason: messages.common.unexpectedWord(words[0]!) });
  }
  const { json, nivel } = flags as FlagValues<typeof commonFlags>;
  const { moreBars } = messages.common.console;
  const screen = createScreen({ output: process.stdout, errors: process.stderr, isJson: json, moreBars });
  onScreen(screen);
  const log = description.isQuiet?.(flags) ? silentLog : createLog(createLogWriter({ screen, messages }), nivel);
  stopping.drain.addEventListener('abort', () => log.info('program.stopping', {}), { once: true });
  const readCommands = commandReader(screen, messages, stopping);
  const questions = () => openQuestions({ input: process.stdin, screen, onInterrupt: () => stopping.request('SIGINT'), signal: stopping.drain });
  await main({ flags, words, language, messages, help, screen, log, stopping, openQuestions: questions, readCommands });
  screen.close();
}

function commandReader(screen: Screen, messages: Messages, stopping: Stopping): Program['readCommands'] {
  return (commands, { prompt, isOff = false, welcomes = true }) =>
    runConsole({
      input: process.stdin,
      isSilent: isOff || isNullDevice(process.stdin.fd),
      screen,
      messages,
      commands,
      prompt,
      welcomes,
      onInterrupt: () => stopping.request('SIGINT'),
      signal: stopping.drain,
    });
}

async function tellFailure(name: string, error: unknown, { messages, isDebugging }: Reader): Promise<number> {
  const { sentence, status, stack } = failureOf(error, messages);
  await writeFlushed(process.stderr, `${name}: ${sentence}\n${isDebugging && stack ? `${stack}\n` : ''}`);
  return status;
}
