import { askNobody, type Command } from '../../lib/base/command.ts';

/** What a command answers to a person, a line each; cells of a table between bars. */
export async function answerOf(command: Command, argument = ''): Promise<readonly string[]> {
  const lines: string[] = [];
  await command.run(
    argument,
    {
      line: text => void lines.push(text),
      record: () => undefined,
      table: (headings, rows) => void lines.push(...[headings, ...rows].map(cells => cells.join('|'))),
    },
    { signal: new AbortController().signal, ask: askNobody },
  );
  return lines;
}
