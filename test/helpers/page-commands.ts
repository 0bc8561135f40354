import { readFileSync } from 'node:fs';

/** Commands of a page, and the answer that it shows below them, if any. */
export interface PageCommand {
  readonly script: string;
  readonly answer: unknown;
}

const BLOCKS = /^```sh\n(?<script>.*?)^```\n(?:\n```json\n(?<answer>.*?)^```\n)?/gms;

/** The `sh` blocks of a page in order, each with the `json` block that follows it. Tests run in the project's folder. */
export function commandsIn(path: string): readonly PageCommand[] {
  return [...readFileSync(path, 'utf8').matchAll(BLOCKS)].map(({ groups }) => ({
    script: groups!['script']!,
    answer: groups!['answer'] === undefined ? undefined : (JSON.parse(groups!['answer']) as unknown),
  }));
}

/**
 * Whether a value has the fields of `shown`, and in them what is of the same kind: two answers of one operation do. Of
 * lists the first item is looked at; an empty one is like any other.
 */
export function isLike(value: unknown, shown: unknown): boolean {
  if (Array.isArray(value) && Array.isArray(shown)) return value.length === 0 || shown.length === 0 || isLike(value[0], shown[0]);
  if (!isRecord(value) || !isRecord(shown)) return typeof value === typeof shown && !isRecord(value) && !isRecord(shown);
  const keys = Object.keys(shown);
  return Object.keys(value).length === keys.length && keys.every(key => Object.hasOwn(value, key) && isLike(value[key], shown[key]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A line that a page says to type, and the JSON that it shows in the next line, if any. */
export interface PageLine {
  readonly line: string;
  readonly answer: unknown;
}

const FENCES = /^```\n(?<lines>.*?)^```$/gms;

/** The lines of a page's blocks that begin with that program, behind a prompt or without one. */
export function linesOf(path: string, program: string): readonly PageLine[] {
  const blocks = [...readFileSync(path, 'utf8').matchAll(FENCES)].map(({ groups }) => groups!['lines']!.split('\n'));
  return blocks.flatMap(lines =>
    lines.flatMap((text, index) => {
      const line = text.replace(/^\$ /, '');
      const next = lines[index + 1] ?? '';
      return line.startsWith(`${program} `) ? [{ line, answer: next.startsWith('{') ? (JSON.parse(next) as unknown) : undefined }] : [];
    }),
  );
}
