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
  /** A dot otherwise. */
  readonly isBubble: boolean;
};

/** CSS pixels across which the smallest mark goes. */
const ACROSS = 4;
/** In one picture: more are a smear, and take longer than a frame; bubbles many times as long as dots. */
const [MOST_MARKS, MOST_BUBBLES] = [1_000, 150];
/** 40 contracts. */
export const BUBBLE_FROM = 4_000;

/** From left to right. */
export function tradeMarks(trades: readonly Trade[], layout: Layout): readonly TradeMark[] {
  const marks = new Map<number, Omit<TradeMark, 'size' | 'isBubble'> & { size: number }>();
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
  // Of those of one size the newer ones.
  const ranked = all.toSorted((one, other) => other.size - one.size || other.x - one.x);
  const shown = new Set(ranked.slice(0, MOST_MARKS));
  const bubbles = new Set(ranked.slice(0, MOST_BUBBLES).filter(({ size }) => size >= BUBBLE_FROM));
  return all.filter((mark) => shown.has(mark)).map((mark) => ({ ...mark, isBubble: bubbles.has(mark) }));
}
