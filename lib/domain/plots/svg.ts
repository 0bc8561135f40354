import { printable } from '../../base/printable.ts';
import { fitText, graphemesOf, textWidth } from '../../base/text-width.ts';

/** Pieces of an SVG document as text. What is put into it is escaped: names are data. */
export type Svg = string;

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** The first is the one that pictures are made with; the others are for whoever opens the document and lacks it. */
const FONTS = 'DejaVu Sans, Verdana, Arial, sans-serif';

export const ink = { text: '#1a1a1a', faint: '#595959', grid: '#dddddd', axis: '#8c8c8c', paper: '#ffffff' } as const;

/** Colours that those who confuse some tell apart too (M. Okabe and K. Ito, "Color Universal Design", 2008). */
export const hues = { blue: '#0072b2', vermilion: '#d55e00', orange: '#e69f00', green: '#009e73', purple: '#cc79a7', sky: '#56b4e9', grey: '#b3b3b3' } as const;

export function element(name: string, attributes: Attributes, ...children: readonly Svg[]): Svg {
  const written = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escaped(typeof value === 'number' ? rounded(value) : value)}"`]));
  return `<${name}${written.join('')}${children.length === 0 ? '/>' : `>${children.join('')}</${name}>`}`;
}

export interface TextStyle {
  readonly size?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly color?: string;
  readonly isBold?: boolean;
  /** Keeps lines that it stands on from running through it. */
  readonly hasHalo?: boolean;
}

/** `y` is the line that letters stand on. */
export function label(text: string, x: number, y: number, { size = 11, anchor, color = ink.text, isBold = false, hasHalo = false }: TextStyle = {}): Svg {
  const halo = hasHalo ? { stroke: ink.paper, 'stroke-width': 3, 'paint-order': 'stroke' } : {};
  const attributes = { x, y, 'font-size': size, 'text-anchor': anchor, fill: color, 'font-weight': isBold ? 'bold' : undefined, ...halo };
  return element('text', attributes, escaped(printable(text)));
}

export function rectangle(x: number, y: number, width: number, height: number, fill: string, more: Attributes = {}): Svg {
  return element('rect', { x, y, width, height, fill, ...more });
}

export function line(x1: number, y1: number, x2: number, y2: number, stroke: string = ink.grid, more: Attributes = {}): Svg {
  return element('line', { x1, y1, x2, y2, stroke, ...more });
}

/** How wide letters of the font are, in sizes of it; the others are as wide as an `n`. */
const letterWidths: readonly (readonly [RegExp, number])[] = [
  [/[ijlI'.,:;|!·]/, 0.3],
  [/[ ftr()\-[\]]/, 0.38],
  [/[mwMW@%&…]/, 0.92],
  [/[A-Z«»<>=+]/, 0.7],
];
const N_WIDTH = 0.62;

/** About how wide a text is drawn. */
export function widthOf(text: string, size = 11): number {
  const widths = graphemesOf(text).map(letter => letterWidths.find(([letters]) => letters.test(letter))?.[1] ?? N_WIDTH * textWidth(letter));
  return size * widths.reduce((sum, width) => sum + width, 0);
}

/** The text, cut where it would be wider than that. */
export function fitted(text: string, width: number, size = 11): string {
  const letters = printable(text);
  let columns = textWidth(letters);
  while (columns > 1 && widthOf(fitText(letters, columns), size) > width) columns -= 1;
  return fitText(letters, columns);
}

export interface Page {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly language: string;
}

/** A whole document on white paper. */
export function page({ width, height, title, language }: Page, ...children: readonly Svg[]): Svg {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${rounded(width)} ${rounded(height)}`,
    role: 'img',
    lang: language,
    'font-family': FONTS,
  };
  const body = [element('title', {}, escaped(printable(title))), rectangle(0, 0, width, height, ink.paper), ...children];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('svg', attributes, ...body.map(piece => `\n${piece}`), '\n')}\n`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
