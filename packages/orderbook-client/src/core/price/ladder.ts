// A ladder: the bids of one side of a book. Changes of one level come in; the best price, sizes and levels come out. Two
// layouts answer the same questions; `ladder-layout.ts` decides which one a side gets.
//
// Prices are integers from 0 to 10,000 (1/10,000 dollar), as `parsePrice` gives them. Sizes (1/100 contract) lie in
// Float64Arrays: 32 bits end at 21 million contracts, and a double holds every integer up to 2^53.

/**
 * What became of a change. `negative`: it would take more than is there. `misfit`: the layout has no place for the level,
 * because it is off the grid or the layout is full. Both leave the ladder as it was.
 */
export type AddSizeResult = 'applied' | 'negative' | 'misfit';

/** One side's levels, addressed by price. */
export interface Ladder {
  /** The highest price at which something rests; negative if nothing does. */
  readonly best: number;
  /** The size at the best price; 0 if nothing rests. */
  readonly bestSize: number;
  /** How many levels there are. */
  readonly depth: number;
  /** Adds to a level's size. The level is made at the first and goes at exactly zero. */
  addSize(price: number, delta: number): AddSizeResult;
  /** The size at a price from 0 to 10,000, on the grid or not; 0 where nothing rests. */
  sizeAt(price: number): number;
  /** The next lower price at which something rests; negative if there is none. `price` itself need not rest. */
  below(price: number): number;
  /**
   * Writes the highest `count` levels, at most {@link depth}, as price, size, price, size … from the best down.
   *
   * @returns how many levels were written
   */
  writeTop(count: number, into: Float64Array): number;
}
