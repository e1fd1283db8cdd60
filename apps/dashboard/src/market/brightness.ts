// How bright a size is: on a log scale, so that one contract is seen and five thousand do not drown the rest. The fifty that
// market makers usually show stay dim.

/** Set in a cell of NO bids. */
export const NO_SIDE = 0x80;
const STEPS = 127;

/** Full brightness, in contracts. */
const MOST = 5_000;
/** Above 1, what is usual is pressed down and what is large stands out. */
const CONTRAST = 2.3;

/** @param size in 1/100 contract; @returns 0 for nothing, otherwise 1 to 127 */
export function brightness(size: number): number {
  if (size <= 0) return 0;
  const share = Math.log(Math.max(size / 100, 1)) / Math.log(MOST);
  return Math.round(1 + (STEPS - 1) * Math.min(share, 1) ** CONTRAST);
}

type Color = readonly [red: number, green: number, blue: number];

type Ramp = readonly (readonly [at: number, color: Color])[];

const RAMPS: Readonly<Record<'dark' | 'light', { readonly yes: Ramp; readonly no: Ramp; readonly empty: Color }>> = {
  dark: {
    empty: [15, 18, 20],
    yes: [
      [0, [14, 32, 54]],
      [0.3, [20, 66, 122]],
      [0.62, [64, 140, 224]],
      [0.85, [150, 203, 255]],
      [1, [255, 255, 255]],
    ],
    no: [
      [0, [46, 26, 8]],
      [0.3, [112, 58, 14]],
      [0.62, [214, 124, 44]],
      [0.85, [255, 198, 132]],
      [1, [255, 255, 255]],
    ],
  },
  light: {
    empty: [251, 251, 249],
    yes: [
      [0, [228, 238, 250]],
      [0.3, [176, 208, 244]],
      [0.62, [86, 148, 222]],
      [0.85, [10, 84, 184]],
      [1, [4, 34, 92]],
    ],
    no: [
      [0, [252, 238, 222]],
      [0.3, [246, 208, 160]],
      [0.62, [222, 140, 62]],
      [0.85, [165, 74, 6]],
      [1, [72, 30, 2]],
    ],
  },
};

/** The colour of each cell, as the bytes of an image: `0xAABBGGRR`. In light more size is more ink. */
export function colorTable(theme: 'dark' | 'light'): Uint32Array {
  const { empty, yes, no } = RAMPS[theme];
  const table = new Uint32Array(256);
  for (let cell = 0; cell < 256; cell++) {
    const level = cell & STEPS;
    const ramp = (cell & NO_SIDE) === 0 ? yes : no;
    table[cell] = packed(level === 0 ? empty : mixed(ramp, (level - 1) / (STEPS - 1)));
  }
  return table;
}

function mixed(ramp: Ramp, at: number): Color {
  const above = Math.max(
    ramp.findIndex(([place]) => place >= at),
    1,
  );
  const [from, low] = ramp[above - 1]!;
  const [to, high] = ramp[above]!;
  const share = (at - from) / (to - from);
  const mix = (index: 0 | 1 | 2): number => Math.round(low[index] + (high[index] - low[index]) * share);
  return [mix(0), mix(1), mix(2)];
}

const packed = ([red, green, blue]: Color): number => (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
