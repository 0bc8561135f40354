import type { CommandOutput } from '../base/command.ts';
import type { Counts } from '../domain/statistics.ts';

/** As the scripts of whoever used the earlier programs read them, whatever the reader's language. */
const HEADINGS = { video: ['video', 'descargas'], client: ['cliente', 'descargas'] } as const;

/** `name|count` lines, in order of name. */
export function showCounts(of: keyof typeof HEADINGS, counts: Counts, output: CommandOutput): void {
  const rows = Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1));
  output.table(HEADINGS[of], rows.map(([key, count]) => [key, String(count)]));
}
