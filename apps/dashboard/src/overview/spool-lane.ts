// What waited for the database, through time: the highest of each pixel, and the peak, where there is one worth a word.
import type { History } from '../live/answers.ts';

type SpoolPoint = { readonly x: number; readonly waiting: number };
type SpoolPeak = SpoolPoint & { readonly bytes: number };
export type SpoolLane = {
  /** From left to right; a stretch for each time without a gap in what was counted. */
  readonly stretches: readonly (readonly SpoolPoint[])[];
  readonly most: number;
  /** `null`: what waits is as much as always. */
  readonly peak: SpoolPeak | null;
};

/** Under this nobody needs to know. */
const PEAK_RECORDS = 5_000;
/** Times what usually waits. */
const PEAK_TIMES = 5;

const [SECOND, MINUTE, DAY] = [1_000, 60_000, 86_400_000];

/** The finest step of the history that goes back far enough, from now. */
export const historyStepOf = (backMs: number): number =>
  backMs <= 15 * MINUTE ? SECOND : backMs <= DAY ? MINUTE : 10 * MINUTE;

export function spoolLane(
  { atMs, stepMs, waiting, spooledBytes }: Pick<History, 'atMs' | 'stepMs' | 'waiting' | 'spooledBytes'>,
  fromMs: number,
  toMs: number,
  width: number,
): SpoolLane {
  const scale = width / Math.max(toMs - fromMs, 1);
  const stretches: SpoolPoint[][] = [];
  const known: number[] = [];
  let peak: SpoolPeak | null = null;
  let lastMs = -Infinity;
  atMs.forEach((at, index) => {
    const records = waiting[index] ?? null;
    if (records === null || at + stepMs < fromMs || at > toMs) return;
    const x = Math.min(Math.max((at + stepMs / 2 - fromMs) * scale, 0), width);
    known.push(records);
    if (!peak || records > peak.waiting) peak = { x, waiting: records, bytes: spooledBytes[index] ?? 0 };
    if (at - lastMs > stepMs * 1.5) stretches.push([]);
    lastMs = at;
    const stretch = stretches.at(-1)!;
    const last = stretch.at(-1);
    if (last && Math.floor(last.x) === Math.floor(x)) {
      if (records > last.waiting) stretch[stretch.length - 1] = { x: last.x, waiting: records };
    } else stretch.push({ x, waiting: records });
  });
  const usual = known.toSorted((one, other) => one - other)[Math.floor(known.length / 2)] ?? 0;
  return { stretches, most: Math.max(0, ...known), peak: worthAWord(peak, usual) };
}

const worthAWord = (peak: SpoolPeak | null, usual: number): SpoolPeak | null =>
  peak && peak.waiting >= PEAK_RECORDS && peak.waiting >= PEAK_TIMES * usual ? peak : null;
