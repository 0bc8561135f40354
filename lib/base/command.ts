/** Where the answer of a command goes; the terminal draws it, a pipe gets plain lines. */
export interface CommandOutput {
  /** For people only: programs that read `--json` do not get it. */
  line(text: string): void;
  /** For programs only: people do not get it. */
  record(value: object): void;
  /**
   * Two columns are always `a|b` lines, headings first. More columns are drawn on a terminal and aligned on a pipe. With
   * `--json` each of `records` is a line; without them each row is an object whose keys are the headings.
   */
  table(headings: readonly string[], rows: readonly (readonly string[])[], records?: readonly object[]): void;
}

/** The next line that is typed or that a pipe brings, without the spaces around it; undefined when there is none any more. */
export type Ask = (question: string) => Promise<string | undefined>;

/** Where nobody can be asked. */
export const askNobody: Ask = async () => undefined;

/** One row of a console. Names are found whatever their case. */
export interface Command {
  /** As the help shows it: `LISTA_VIDEOS`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** What follows the name, as the help shows it (`nombre`); a command without one takes nothing. */
  readonly argument?: string;
  /** One sentence, in the reader's language. */
  readonly help: string;

  /** The console ends behind it. */
  readonly isLast?: true;

  /** What the argument typed so far may become, at Tab. What it throws is not told. */
  complete?(typed: string, options: { readonly signal: AbortSignal }): Promise<readonly string[]>;

  /**
   * The console runs one command after another; what takes long goes on in the background after `run` resolves.
   * `argument` is the rest of the line without the spaces around it; never empty when the command has an `argument`,
   * unless that is in brackets (`[nombre]`). What else it needs it may ask for; the question is seen at a terminal only. What it throws is told as a sentence and the console goes on.
   */
  run(argument: string, output: CommandOutput, options: { readonly signal: AbortSignal; readonly ask: Ask }): Promise<void>;
}
