// How far a long work is, as a line of text.
import { countText, durationText } from './text-table.ts';

export type ProgressState = {
  /** What is being done: `exporting deltas`. */
  readonly doing: string;
  readonly done: number;
  /** What there is in all; `null` where nobody knows. */
  readonly of: number | null;
  /** What `done` counts, in the plural: `rows`. */
  readonly unit: string;
};

const BAR_CELLS = 24;
/** Before that, a guess of the time that is left is worth nothing. */
const LEAST_MS_FOR_GUESS = 2_000;

/**
 * @param barCells 0 for a line without a bar
 * @returns `exporting deltas  [######------]  50 %  1,000 rows  3 s, 3 s left`
 */
export function progressLine(state: ProgressState, elapsedMs: number, barCells: number = BAR_CELLS): string {
  const { doing, done, of, unit } = state;
  const share = of === null || of <= 0 ? null : Math.min(1, done / of);
  const parts = [doing];
  if (share !== null && barCells > 0) {
    const full = Math.floor(share * barCells);
    parts.push(`[${'#'.repeat(full)}${'-'.repeat(barCells - full)}]`);
  }
  if (share !== null) parts.push(`${Math.floor(share * 100)} %`);
  parts.push(`${countText(done)} ${unit}`, durationText(elapsedMs) + left(share, elapsedMs));
  return parts.join('  ');
}

function left(share: number | null, elapsedMs: number): string {
  if (share === null || share <= 0 || share >= 1 || elapsedMs < LEAST_MS_FOR_GUESS) return '';
  return `, ${durationText((elapsedMs * (1 - share)) / share)} left`;
}
