// The bids of one side of a book. Two layouts answer the same questions; `ladder-layout.ts` says which one serves when.
//
// Prices are integers from 0 to 10,000 (1/10,000 dollar), as `parsePrice` gives them. Sizes (1/100 contract) lie in
// Float64Arrays: 32 bits end at 21 million contracts, and a double holds every integer up to 2^53.

/**
 * What became of a change: `negative` would take more than is there, `misfit` is a level that the layout has no place
 * for (off its grid, or it is full). Neither changes anything.
 */
export type AddResult = 'applied' | 'negative' | 'misfit';

/** One side's levels, addressed by price. */
export interface Ladder {
  /** The highest price at which something rests; negative if nothing does. */
  readonly best: number;
  /** The size at the best price; 0 if nothing rests. */
  readonly bestSize: number;
  /** How many levels there are. */
  readonly depth: number;
  /** Adds to a level's size. The level is made at the first and goes at exactly zero. */
  add(price: number, delta: number): AddResult;
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
