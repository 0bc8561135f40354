import { padText, textWidth, wrapText } from '../base/text-width.ts';
import type { Messages } from '../base/messages/index.ts';
import { typedName, type Flag, type FlagTable } from './flags.ts';

const COLUMNS = 100;
const LEFT_MAX_COLUMNS = 38;
const GAP = '  ';
const NO_BREAK = '\u00a0';

/** The words of a program's help, in one language. */
export interface ProgramText {
  /** One sentence: what the program is for. */
  readonly summary: string;
  /** What may follow the program's name: `[opciones]`. */
  readonly usage: readonly string[];
  readonly sections?: readonly HelpSection[];
  /** Commands to copy and what they do. */
  readonly examples: readonly HelpRow[];
}

export interface HelpSection {
  readonly title: string;
  readonly rows: readonly HelpRow[];
}

type HelpRow = readonly [left: string, right: string];

/** The text of `--help`: columns aligned, within 100 columns. */
export function helpOf(name: string, table: FlagTable, text: ProgramText, messages: Messages): string {
  const { common } = messages;
  const flags = Object.entries(table).map(([key, flag]): HelpRow => [flagColumn(key, flag), flagMeaning(flag, messages)]);
  const sections: HelpSection[] = [...(text.sections ?? []), { title: common.optionsTitle, rows: flags }];
  const widest = Math.max(...sections.flatMap(({ rows }) => rows.map(([left]) => textWidth(left))));
  const left = Math.min(widest, LEFT_MAX_COLUMNS);
  return [
    ...wrapText(`${name}: ${text.summary}`, COLUMNS),
    '',
    common.usageTitle,
    ...text.usage.map(usage => `  ${name} ${usage}`.trimEnd()),
    ...sections.flatMap(({ title, rows }) => ['', title, rows.flatMap(row => alignedRow(row, left))].flat()),
    '',
    common.examplesTitle,
    ...text.examples.flatMap(([command, meaning]) => [`  ${command}`, `      ${meaning}`]),
    '',
  ].join('\n');
}

function flagColumn(key: string, flag: Flag): string {
  const value = flag.kind === 'switch' ? '' : ` ${flag.placeholder}`;
  const long = typedName(key);
  return flag.short ? `-${flag.short}, ${long}${value}` : `    ${long}${value}`;
}

function flagMeaning(flag: Flag, messages: Messages): string {
  const help = flag.help(messages);
  if (flag.kind === 'switch') return help;
  const shown = flag.shownDefault ?? flag.default;
  if (shown === undefined) return help;
  // The default stays on one line.
  return `${help} ${`(${messages.common.byDefault(String(shown))})`.replaceAll(' ', NO_BREAK)}`;
}

function alignedRow([left, right]: HelpRow, leftColumns: number): string[] {
  const indent = `  ${' '.repeat(leftColumns)}${GAP}`;
  const [first = '', ...rest] = wrapText(right, COLUMNS - textWidth(indent)).map(line => line.replaceAll(NO_BREAK, ' '));
  const continued = rest.map(line => indent + line);
  if (textWidth(left) > leftColumns) return [`  ${left}`, indent + first, ...continued];
  return [`  ${padText(left, leftColumns)}${GAP}${first}`, ...continued];
}
