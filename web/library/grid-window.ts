/** Which cards of a long grid are drawn: those in sight, and some rows around them. */
export interface GridWindow {
  readonly columns: number;
  readonly cardWidth: number;
  readonly rowHeight: number;
  /** Of all rows together, so that the scroll bar is honest. */
  readonly totalHeight: number;
  /** Of the first card that is drawn, and of the one behind the last. */
  readonly first: number;
  readonly end: number;
  /** Where the first drawn row begins. */
  readonly top: number;
}

export interface GridPlace {
  readonly count: number;
  readonly width: number;
  /** How far the beginning of the grid is above the top of what is seen. */
  readonly scrolled: number;
  readonly viewHeight: number;
}

export const GAP = 20;
const CARD_MIN_WIDTH = 220;
/** On a phone two stand side by side. */
const CARD_MIN_WIDTH_NARROW = 146;
const NARROW = 480;
const GAP_NARROW = 12;
/** Below the picture: two lines of title and one of facts. */
const CAPTION_HEIGHT = 86;
const ROWS_AROUND = 2;

export function gridWindow({ count, width, scrolled, viewHeight }: GridPlace): GridWindow {
  const isNarrow = width < NARROW;
  const gap = isNarrow ? GAP_NARROW : GAP;
  const columns = Math.max(1, Math.floor((width + gap) / ((isNarrow ? CARD_MIN_WIDTH_NARROW : CARD_MIN_WIDTH) + gap)));
  const cardWidth = (width - gap * (columns - 1)) / columns;
  const rowHeight = Math.ceil((cardWidth * 9) / 16) + CAPTION_HEIGHT + gap;
  const rows = Math.ceil(count / columns);
  const firstRow = Math.min(Math.max(0, rows - 1), Math.max(0, Math.floor(scrolled / rowHeight) - ROWS_AROUND));
  const endRow = Math.min(rows, Math.ceil((scrolled + viewHeight) / rowHeight) + ROWS_AROUND);
  return {
    columns,
    cardWidth,
    rowHeight,
    totalHeight: Math.max(0, rows * rowHeight - gap),
    first: firstRow * columns,
    end: Math.min(count, Math.max(firstRow + 1, endRow) * columns),
    top: firstRow * rowHeight,
  };
}
