import type { Ask, Command, CommandOutput } from '../../base/command.ts';
import { isVideoError, toVideoError } from '../../base/errors.ts';
import type { Messages } from '../../base/messages/index.ts';
import { errorSentence } from '../../base/messages/sentence.ts';
import { nearest } from '../../base/nearest.ts';
import { printable } from '../../base/printable.ts';
import { padText, textWidth } from '../../base/text-width.ts';
import { createCommandOutput } from './command-output.ts';
import { inputLines, type Completion, type LineInput } from './input-lines.ts';
import type { Screen } from './screen.ts';

const HELP_NAMES = ['AYUDA', 'AJUDA', 'HELP', 'H', '?'];
const QUIT_NAMES = ['SALIR', 'SAIR', 'QUIT', 'EXIT'];
const KEEP_ALIVE_MS = 2 ** 30;
const COMPLETION_PATIENCE_MS = 1000;

export interface ConsoleOptions {
  readonly input: LineInput;
  /** True when the input says nothing and never will (`/dev/null`): then only the signal ends the console. */
  readonly isSilent?: boolean;
  readonly screen: Screen;
  readonly messages: Messages;
  /** `ayuda` and `salir` are added to them. */
  readonly commands: readonly Command[];
  readonly prompt: string;
  /** Says at a terminal how to get help; unless false. */
  readonly welcomes?: boolean;
  /** Ctrl-C in a terminal. */
  onInterrupt(): void;
  /** Ends the console; running commands get it too. */
  readonly signal: AbortSignal;
}

/**
 * Reads commands from a terminal or a pipe and runs them in order. Resolves at the end of the input (or `salir`), when
 * the commands read so far are done, or when the signal aborts. Never rejects because of a command.
 */
export async function runConsole(options: ConsoleOptions): Promise<void> {
  const { input, screen, prompt, onInterrupt, signal, messages } = options;
  if (options.isSilent) return aborted(signal);
  const commands = withOwnCommands(options.commands, messages);
  const output = createCommandOutput(screen);
  const complete = (typed: string) => completionOf(commands, typed, signal);
  let shown = prompt;
  const lines = inputLines({ input, screen, prompt: () => shown, complete, onInterrupt, signal });
  const ask: Ask = async question => {
    shown = question;
    const { value } = await lines.next();
    shown = prompt;
    return value?.trim();
  };
  if (screen.isTerminal && options.welcomes !== false) screen.print(messages.common.console.welcome);
  for await (const line of lines) {
    const { name, argument } = splitLine(line);
    if (name === '') continue;
    const command = findCommand(commands, name);
    if (!command) output.line(messages.common.console.unknown(name, nearest(name, commands.flatMap(namesOf))));
    else if (argument === '' && needsArgument(command)) {
      output.line(messages.common.console.missingArgument(command.name, command.argument!));
    } else await runCommand(command, argument, { output, ask }, options);
    if (signal.aborted || command?.isLast) return;
  }
}

async function runCommand(
  command: Command,
  argument: string,
  { output, ask }: { readonly output: CommandOutput; readonly ask: Ask },
  { screen, messages, signal }: ConsoleOptions,
): Promise<void> {
  try {
    await command.run(argument, output, { signal, ask });
  } catch (error) {
    if (signal.aborted && (error === signal.reason || isVideoError(error, 'cancelled'))) return;
    screen.printError(errorSentence(messages, toVideoError(error)));
  }
}

function withOwnCommands(commands: readonly Command[], messages: Messages): readonly Command[] {
  const all: Command[] = [...commands];
  const [help = '', ...helpAliases] = HELP_NAMES;
  const [quit = '', ...quitAliases] = QUIT_NAMES;
  all.push(
    {
      name: help,
      aliases: helpAliases,
      help: messages.common.console.help,
      run: async (_argument, output) => output.line(helpText(all, messages)),
    },
    { name: quit, aliases: quitAliases, help: messages.common.console.quit, isLast: true, run: async () => undefined },
  );
  return all;
}

/** The list that `ayuda` shows. */
export function helpText(commands: readonly Command[], messages: Messages): string {
  const rows = commands.map(({ name, argument, help }) => [argument ? `${name} ${argument}` : name, help] as const);
  const columns = Math.max(...rows.map(([left]) => textWidth(left)));
  return [messages.common.console.helpTitle, ...rows.map(([left, help]) => `  ${padText(left, columns)}  ${help}`)].join('\n');
}

function splitLine(line: string): { readonly name: string; readonly argument: string } {
  const [, name = '', argument = ''] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(line) ?? [];
  return { name: printable(name), argument };
}

function namesOf({ name, aliases = [] }: Command): readonly string[] {
  return [name, ...aliases];
}

function findCommand(commands: readonly Command[], typed: string): Command | undefined {
  const wanted = typed.toUpperCase();
  return commands.find(command => namesOf(command).some(name => name.toUpperCase() === wanted));
}

function needsArgument({ argument }: Command): boolean {
  return argument !== undefined && !argument.startsWith('[');
}

/** A command's name, or what the command knows of its argument. */
async function completionOf(commands: readonly Command[], typed: string, signal: AbortSignal): Promise<Completion> {
  const [, name = '', argument] = /^\s*(\S*)(?:\s+(.*))?$/s.exec(typed) ?? [];
  if (argument === undefined) return { of: name, words: namesLike(commands, name) };
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(COMPLETION_PATIENCE_MS)]);
    return { of: argument, words: (await findCommand(commands, name)?.complete?.(argument, { signal: limited })) ?? [] };
  } catch {
    return { of: argument, words: [] };
  }
}

/** Names that begin as typed, in the typed case. */
function namesLike(commands: readonly Command[], typed: string): readonly string[] {
  const isLower = typed !== '' && typed === typed.toLowerCase();
  return commands
    .map(({ name }) => (isLower ? name.toLowerCase() : name))
    .filter(name => name.startsWith(isLower ? typed : typed.toUpperCase()));
}

/** Resolves when the signal aborts, and keeps the process alive until then: a promise alone would not. */
function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise(resolve => {
    const alive = setInterval(() => undefined, KEEP_ALIVE_MS);
    const onAbort = () => {
      clearInterval(alive);
      resolve();
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
