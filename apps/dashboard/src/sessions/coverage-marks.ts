// The marks below a session's bar: where its holes are, as few as can be told apart.

/** As the trader gives them: holes that lie together, with their count. */
export type CoverageMark = { readonly fromMs: number; readonly toMs: number | null; readonly count: number };

/** In pixels from the bar's left. */
export type DrawnMark = { readonly left: number; readonly width: number; readonly count: number };

/** Marks that begin nearer to each other are one. */
export const NEAR_PX = 3;

const NARROWEST_PX = 1;

/**
 * From left to right. A mark is as wide as its hole lasted, and a pixel at least, or nobody would see it.
 *
 * @param widthPx of the bar, which is the whole stretch
 */
export function drawnMarks(
  marks: readonly CoverageMark[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  widthPx: number,
): readonly DrawnMark[] {
  const wholeMs = Math.max(toMs - fromMs, 1);
  const at = (ms: number): number => (Math.min(Math.max(ms - fromMs, 0), wholeMs) / wholeMs) * widthPx;
  const drawn: { left: number; right: number; count: number }[] = [];
  for (const mark of marks.toSorted((one, other) => one.fromMs - other.fromMs)) {
    // What begins with the very end is still below the bar.
    const left = Math.max(Math.min(at(mark.fromMs), widthPx - NARROWEST_PX), 0);
    const right = Math.max(at(mark.toMs ?? toMs), left + NARROWEST_PX);
    const last = drawn.at(-1);
    if (last && left - last.left < NEAR_PX) {
      last.right = Math.max(last.right, right);
      last.count += mark.count;
    } else drawn.push({ left, right, count: mark.count });
  }
  return drawn.map(({ left, right, count }) => ({ left: tenth(left), width: tenth(right - left), count }));
}

const tenth = (px: number): number => Math.round(px * 10) / 10;

/** All marks as one path: a list has hundreds of rows. */
export const markPath = (marks: readonly DrawnMark[], topPx: number, heightPx: number): string =>
  marks.map(({ left, width }) => `M${left} ${topPx}h${width}v${heightPx}h${-width}z`).join('');
