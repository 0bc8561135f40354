import type { CommandOutput } from '../../base/command.ts';
import { printable } from '../../base/printable.ts';
import type { Screen } from './screen.ts';
import { tableText } from './table.ts';

/** What a command answers, on the screen: text for people, or JSON lines. */
export function createCommandOutput(screen: Screen): CommandOutput {
  return screen.isJson ? jsonOutput(screen) : textOutput(screen);
}

function textOutput(screen: Screen): CommandOutput {
  return {
    line: text => screen.print(text.split('\n').map(printable).join('\n')),
    record: () => undefined,
    table: (headings, rows) => screen.print(tableText(headings, rows, screen)),
  };
}

function jsonOutput(screen: Screen): CommandOutput {
  return {
    line: text => screen.print(text.split('\n').map(printable).join('\n')),
    record: value => screen.printJson(value),
    table(headings, rows, records) {
      const objects = records ?? rows.map(row => Object.fromEntries(headings.map((heading, column) => [heading, row[column] ?? ''])));
      for (const object of objects) screen.printJson(object);
    },
  };
}
