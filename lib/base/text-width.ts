/** Drawn two columns wide by terminals: East Asian scripts, full-width forms and emoji (Unicode TR 11, in short). */
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|.\ufe0f)/u;
const ASCII = /^[\x20-\x7e]*$/;
const INVISIBLE = /^[\p{Mark}\p{Cc}\p{Cf}]+$/u;

/** Columns that the text takes in a terminal. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes().segment(text)) width += segmentWidth(segment);
  return width;
}

/** What a reader sees as one character each. */
export function graphemesOf(text: string): string[] {
  return Array.from(graphemes().segment(text), ({ segment }) => segment);
}

/** The text in at most `columns` columns; what does not fit ends in `…`. A wide character is never cut in two. */
export function fitText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns < 1) return '';
  let fitted = '';
  let width = 0;
  for (const { segment } of graphemes().segment(text)) {
    width += segmentWidth(segment);
    if (width > columns - 1) break;
    fitted += segment;
  }
  return `${fitted}…`;
}

/** The text in exactly `columns` columns. */
export function padText(text: string, columns: number): string {
  const fitted = fitText(text, columns);
  return fitted + ' '.repeat(Math.max(0, columns - textWidth(fitted)));
}

/** Lines of at most `columns` columns, broken between words. */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function segmentWidth(segment: string): 0 | 1 | 2 {
  if (INVISIBLE.test(segment)) return 0;
  return WIDE.test(segment) ? 2 : 1;
}

let segmenter: Intl.Segmenter | undefined;

/** Made when it is needed: it takes some milliseconds, and most texts are ASCII. */
function graphemes(): Intl.Segmenter {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter;
}
