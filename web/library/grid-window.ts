/** Places of the cards of a long grid, in CSS pixels. */
export interface GridShape {
  readonly columns: number;
  readonly gap: number;
  readonly cardWidth: number;
  readonly cardHeight: number;
}

/** Which cards are drawn: those in sight, and some rows around them. It stays the same until another row comes into sight. */
export interface GridWindow extends GridShape {
  /** Of all rows together, so that the scroll bar is honest. */
  readonly totalHeight: number;
  /** Of the first card that is drawn, and of the one behind the last. */
  readonly first: number;
  readonly end: number;
}

export interface GridPlace {
  readonly count: number;
  readonly width: number;
  /** How far the beginning of the grid is above the top of what is seen. */
  readonly scrolled: number;
  readonly viewHeight: number;
}

const GAP = 20;
const CARD_MIN_WIDTH = 220;
/** On a phone two stand side by side. */
const CARD_MIN_WIDTH_NARROW = 146;
const NARROW = 480;
const GAP_NARROW = 12;
/** Below the picture: two lines of title and one of facts. */
const CAPTION_HEIGHT = 86;
const ROWS_AROUND = 2;

export function gridWindow({ count, width, scrolled, viewHeight }: GridPlace): GridWindow {
  const shape = gridShape(width);
  const { columns, gap } = shape;
  const rowHeight = shape.cardHeight + gap;
  const rows = Math.ceil(count / columns);
  const topRow = Math.floor(scrolled / rowHeight);
  const firstRow = Math.min(Math.max(0, rows - 1), Math.max(0, topRow - ROWS_AROUND));
  const endRow = Math.min(rows, topRow + 1 + Math.ceil(viewHeight / rowHeight) + ROWS_AROUND);
  return {
    ...shape,
    totalHeight: Math.max(0, rows * rowHeight - gap),
    first: firstRow * columns,
    end: Math.min(count, Math.max(firstRow + 1, endRow) * columns),
  };
}

function gridShape(width: number): GridShape {
  const isNarrow = width < NARROW;
  const gap = isNarrow ? GAP_NARROW : GAP;
  const columns = Math.max(1, Math.floor((width + gap) / ((isNarrow ? CARD_MIN_WIDTH_NARROW : CARD_MIN_WIDTH) + gap)));
  const cardWidth = (width - gap * (columns - 1)) / columns;
  return { columns, gap, cardWidth, cardHeight: Math.ceil((cardWidth * 9) / 16) + CAPTION_HEIGHT };
}

/** Where a card stands in the grid. */
export function placeOf(index: number, { columns, gap, cardWidth, cardHeight }: GridShape): { readonly left: number; readonly top: number } {
  return { left: (index % columns) * (cardWidth + gap), top: Math.floor(index / columns) * (cardHeight + gap) };
}
