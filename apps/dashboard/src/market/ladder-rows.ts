// The order book as rows around the touch: NO bids above, the spread, YES bids below. Prices are exact, however fine.
import { complement } from '../text/price.ts';

type Sizes = ReadonlyMap<number, number>;

export type LadderRow = {
  /** Of YES, in 1/10,000 dollar. */
  readonly yesPrice: number;
  readonly noPrice: number;
  /** In 1/100 contract; 0: nothing rests. */
  readonly size: number;
  readonly isBest: boolean;
};

export type Ladder = {
  /** NO bids, the worst first, so that the best is next to the spread. */
  readonly no: readonly LadderRow[];
  /** YES bids, best first. */
  readonly yes: readonly LadderRow[];
  /** In 1/10,000 dollar; `null`: one side is empty. */
  readonly spread: number | null;
  /** Largest size of the rows: the length of a bar. */
  readonly most: number;
};

/** Rows of each side. */
export const ROWS_A_SIDE = 13;

export function ladderOf(yes: Sizes, no: Sizes, rows: number = ROWS_A_SIDE): Ladder {
  const step = stepOfBook(yes, no);
  const bestYes = best(yes);
  const bestNo = best(no);
  const yesRows = sideRows(
    yes,
    bestYes ?? (bestNo === null ? null : complement(bestNo) - step),
    step,
    rows,
    (price) => price,
  );
  const noRows = sideRows(no, bestNo ?? (bestYes === null ? null : complement(bestYes) - step), step, rows, complement);
  return {
    yes: yesRows,
    no: noRows.toReversed(),
    spread: bestYes === null || bestNo === null ? null : complement(bestNo) - bestYes,
    most: Math.max(1, ...yesRows.map(({ size }) => size), ...noRows.map(({ size }) => size)),
  };
}

/** The smallest distance between two prices of the book, in 1/10,000 dollar. */
function stepOfBook(yes: Sizes, no: Sizes): number {
  const isFine = [...yes.keys(), ...no.keys()].some((price) => price % 100 !== 0);
  return isFine ? 10 : 100;
}

export const totalOf = (sizes: Sizes): number => [...sizes.values()].reduce((sum, size) => sum + size, 0);

const best = (sizes: Sizes): number | null => {
  let highest: number | null = null;
  for (const price of sizes.keys()) if (highest === null || price > highest) highest = price;
  return highest;
};

function sideRows(
  sizes: Sizes,
  from: number | null,
  step: number,
  rows: number,
  toYes: (price: number) => number,
): LadderRow[] {
  if (from === null) return [];
  const made: LadderRow[] = [];
  for (let price = from; price > 0 && made.length < rows; price -= step) {
    const yesPrice = toYes(price);
    made.push({
      yesPrice,
      noPrice: complement(yesPrice),
      size: sizes.get(price) ?? 0,
      isBest: price === from && sizes.has(price),
    });
  }
  return made;
}
