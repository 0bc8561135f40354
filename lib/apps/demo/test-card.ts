/** A moving test card for one scene that can be shown again and again: its last frame leads to its first. */
export interface TestCard {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly frames: number;
}

/** Luma of seven bars of 75 %, white to blue, and their chroma (ITU-R BT.601). */
const BARS = [
  [180, 128, 128],
  [162, 44, 142],
  [131, 156, 44],
  [112, 72, 58],
  [84, 184, 198],
  [65, 100, 212],
  [35, 212, 114],
] as const;
const BLACK = 16;
const WHITE = 235;
const GREY = 128;
/** Film grain spreads over this many levels; what it costs in bits makes the video as heavy as a real one. */
const GRAIN_LEVELS_LOG2 = 5;

/** Segments of each digit, a bit each: top, top right, bottom right, bottom, bottom left, top left, middle. */
const DIGITS = [0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d, 0x07, 0x7f, 0x6f] as const;
/** Where each segment lies in a digit of 4 × 7 units: x, y, width, height. */
const SEGMENTS = [
  [0, 0, 4, 1],
  [3, 0, 1, 4],
  [3, 3, 1, 4],
  [0, 6, 4, 1],
  [0, 3, 1, 4],
  [0, 0, 1, 4],
  [0, 3, 4, 1],
] as const;

/**
 * Draws frames as planar YUV 4:2:0: colour bars, a grey ramp that slides, a white bar that sweeps, the second and the
 * frame in large digits, and grain over it all. The same card gives the same frames.
 */
export function createTestCard(card: TestCard): (frame: number) => Uint8Array {
  const { width, height, frames, framesPerSecond } = card;
  const background = drawBars(width, height);
  const rampTop = rampTopOf(height);
  const unit = Math.floor(height / 40);
  let grain = 1;

  return frame => {
    const picture = background.slice();
    const rampShift = (frame / frames) * width;
    for (let y = rampTop; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) picture[y * width + x] = BLACK + (((x + rampShift) % width) * (WHITE - BLACK)) / width;
    }
    const fill = (x: number, y: number, columns: number, rows: number, luma: number) => {
      for (let row = y; row < y + rows; row += 1) picture.fill(luma, row * width + x, row * width + Math.min(width, x + columns));
    };
    fill(Math.floor((frame / frames) * width), 0, unit, rampTop, WHITE);

    const digits = [...two(Math.floor(frame / framesPerSecond)), ...two(frame % framesPerSecond)];
    const [left, top] = [Math.floor(width / 2) - 11 * unit, Math.floor(height / 3) - 4 * unit];
    fill(left - unit, top - unit, 24 * unit, 9 * unit, BLACK);
    for (const [index, digit] of digits.entries()) {
      const digitLeft = left + (index * 5 + (index > 1 ? 3 : 0)) * unit;
      for (const [segment, [x, y, columns, rows]] of SEGMENTS.entries()) {
        if ((DIGITS[digit]! >> segment) & 1) fill(digitLeft + x * unit, top + y * unit, columns * unit, rows * unit, WHITE);
      }
    }
    addGrain(picture.subarray(0, width * height));
    return picture;
  };

  function addGrain(luma: Uint8Array): void {
    const middle = 2 ** (GRAIN_LEVELS_LOG2 - 1);
    for (let index = 0; index < luma.length; index += 1) {
      // Numerical Recipes' generator: its high bits are good enough for the eye.
      grain = (Math.imul(grain, 1_664_525) + 1_013_904_223) | 0;
      luma[index] = Math.min(255, Math.max(0, luma[index]! + (grain >>> (32 - GRAIN_LEVELS_LOG2)) - middle));
    }
  }
}

function drawBars(width: number, height: number): Uint8Array {
  const picture = new Uint8Array((width * height * 3) / 2);
  const [halfWidth, halfHeight] = [width / 2, height / 2];
  const lumaBytes = width * height;
  const barAt = (x: number, columns: number) => BARS[Math.floor((x * BARS.length) / columns)]!;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) picture[y * width + x] = barAt(x, width)[0];
  }
  picture.fill(GREY, lumaBytes);
  for (let y = 0; y < rampTopOf(height) / 2; y += 1) {
    for (let x = 0; x < halfWidth; x += 1) {
      const [, blue, red] = barAt(x, halfWidth);
      picture[lumaBytes + y * halfWidth + x] = blue;
      picture[lumaBytes + halfWidth * halfHeight + y * halfWidth + x] = red;
    }
  }
  return picture;
}

function rampTopOf(height: number): number {
  return Math.floor((height * 3) / 8) * 2;
}

function two(value: number): readonly [number, number] {
  return [Math.floor(value / 10) % 10, value % 10];
}
