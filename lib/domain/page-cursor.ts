/** Where a page in order of a number, and then of name, ended. */
export interface PageCursor {
  readonly value: number;
  readonly name: string;
}

export function formatPageCursor({ value, name }: PageCursor): string {
  return `${value} ${name}`;
}

/** Undefined when it is none of ours. */
export function parsePageCursor(text: string): PageCursor | undefined {
  const [, digits, name] = /^(\d{1,16}) (.*)$/s.exec(text) ?? [];
  return digits === undefined || name === undefined ? undefined : { value: Number(digits), name };
}
