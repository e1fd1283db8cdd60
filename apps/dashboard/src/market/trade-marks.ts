// Trades as marks that can be told apart: those at one price within a few pixels are one, and of very many the largest are shown.
import { ROWS } from './columns.ts';
import type { Trade } from './picture.ts';
import { xOf, type Layout } from './scales.ts';

export type TradeMark = {
  /** CSS pixels. */
  readonly x: number;
  /** Of YES, 1 to 99. */
  readonly cent: number;
  /** 1/100 contract. */
  readonly size: number;
  readonly isTakerNo: boolean;
};

/** CSS pixels across which the smallest mark goes. */
const ACROSS = 4;
/** In one picture: more are a smear, and take longer than a frame. */
const MOST_MARKS = 1_000;

/** From left to right. */
export function tradeMarks(trades: readonly Trade[], layout: Layout): readonly TradeMark[] {
  const marks = new Map<number, { -readonly [Key in keyof TradeMark]: TradeMark[Key] }>();
  for (const { atMs, price, size, takerSide } of trades) {
    const x = xOf(layout, atMs);
    const cent = Math.min(Math.max(Math.round(price / 100), 1), ROWS);
    const isTakerNo = takerSide === 'no';
    const place = (Math.floor(x / ACROSS) * (ROWS + 1) + cent) * 2 + Number(isTakerNo);
    const mark = marks.get(place);
    if (mark) mark.size += size;
    else marks.set(place, { x, cent, size, isTakerNo });
  }
  const all = [...marks.values()];
  if (all.length <= MOST_MARKS) return all;
  const least = all.map(({ size }) => size).toSorted((one, other) => other - one)[MOST_MARKS - 1]!;
  return all.filter(({ size }) => size >= least).slice(0, MOST_MARKS);
}
