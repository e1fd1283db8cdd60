// The last quarter of an hour by five seconds, out of a history by seconds.
import type { History } from '../live/answers.ts';

const FOLDED = 5;

type Numbers = readonly (number | null)[];

export type Instruments = {
  /** Seconds since the epoch, where each five seconds begin. */
  readonly atS: readonly number[];
  readonly frames: Numbers;
  readonly framesMost: Numbers;
  readonly delay: Numbers;
  readonly delaySlowest: Numbers;
  readonly waiting: Numbers;
  readonly audits: Numbers;
  readonly repairs: Numbers;
};

export function instrumentsOf(history: History): Instruments {
  const { atMs } = history;
  const groups: (readonly [from: number, to: number])[] = [];
  for (let from = 0; from < atMs.length; from += FOLDED) groups.push([from, Math.min(from + FOLDED, atMs.length)]);
  const fold = (column: Numbers, by: (values: readonly number[]) => number): Numbers =>
    groups.map(([from, to]) => {
      const values = column.slice(from, to).filter((value) => value !== null);
      return values.length === 0 ? null : by(values);
    });
  return {
    atS: groups.map(([from]) => atMs[from]! / 1_000),
    frames: fold(history.framesPerSecond, mean),
    framesMost: fold(history.framesPerSecond, most),
    delay: fold(history.delayMedianMs, mean),
    delaySlowest: fold(history.delaySlowestMs, most),
    waiting: fold(history.waiting, most),
    audits: fold(history.audits, sum),
    repairs: fold(history.repairs, sum),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const most = (values: readonly number[]): number => Math.max(...values);

/** The last that is known. */
export const lastOf = (values: Numbers): number | null => values.findLast((value) => value !== null) ?? null;
