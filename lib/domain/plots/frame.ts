import type { Language } from '../../base/messages/index.ts';
import { fitted, ink, label, page, rectangle, widthOf, type Svg } from './svg.ts';

/** A picture to be saved as `NAME.svg`. */
export interface Plot {
  readonly name: string;
  readonly svg: Svg;
}

export interface LegendEntry {
  readonly text: string;
  readonly color: string;
}

export const WIDTH = 900;
export const MARGIN = 24;

export interface Frame {
  readonly title: string;
  /** What there is to know beside the title; a line each. */
  readonly notes: readonly string[];
  readonly legend: readonly LegendEntry[];
  readonly language: Language;
}

/** Draws what stands below the head, from `top` on; says where it ends. */
export type Drawing = (top: number) => { readonly pieces: readonly Svg[]; readonly bottom: number };

/** A page with its head: title, notes and legend, each in a line of its own. */
export function framed({ title, notes, legend, language }: Frame, draw: Drawing): Svg {
  const inside = WIDTH - 2 * MARGIN;
  const pieces = [label(fitted(title, inside, 17), MARGIN, 36, { size: 17, isBold: true })];
  let y = 40;
  for (const note of notes) {
    y += 18;
    pieces.push(label(fitted(note, inside, 12), MARGIN, y, { size: 12, color: ink.faint }));
  }
  if (legend.length > 0) {
    y += 22;
    pieces.push(...legendRow(legend, MARGIN, y));
  }
  const { pieces: drawn, bottom } = draw(y + 16);
  return page({ width: WIDTH, height: bottom + MARGIN / 2, title, language }, ...pieces, ...drawn);
}

/** Coloured squares with their names, in one row whose letters stand on `y`. */
export function legendRow(legend: readonly LegendEntry[], left: number, y: number): readonly Svg[] {
  let x = left;
  return legend.flatMap(({ text, color }) => {
    const at = x;
    x += widthOf(text) + 36;
    return [rectangle(at, y - 9, 10, 10, color), label(text, at + 15, y)];
  });
}
