import type { Tape } from './tape.ts';

/**
 * Books that follow a tape. Each has loops of its own, because a loop that several share would make their calls slow.
 * The numbers that loops return depend on all they did: nothing can be left out.
 */
export interface BookContender {
  /** Fresh books with the snapshots in them. */
  reset(): void;
  apply(): number;
  /** After each change also reads price and size of the best bid and ask. */
  applyAndReadBest(): number;
  /** After each change also reads price and size of the ten best bids. */
  applyAndReadTop(): number;
  /** Best YES bids in 1/10,000 dollar. */
  bestBids(): readonly number[];
}

export type BookContenderClass = { readonly title: string; new (tape: Tape): BookContender };
