// In which order the rows stand.
import type { MarketRow } from './market-rows.ts';

export type Order = 'market' | 'bid' | 'ask' | 'spread' | 'changes' | 'age' | 'covered';

/** What one asks for mostly: the busiest, but the least covered and the latest change. */
export const isDescendingFirst = (order: Order): boolean => order === 'changes' || order === 'bid' || order === 'ask';

/** What is not right comes first, whatever the order; then by the order, and of equals by the ticker. */
export function sortRows(rows: readonly MarketRow[], order: Order, isDescending: boolean): readonly MarketRow[] {
  const sign = isDescending ? -1 : 1;
  return rows.toSorted((one, other) => {
    if (one.book.synced !== other.book.synced) return one.book.synced ? 1 : -1;
    const difference = order === 'market' ? 0 : valueOf(one, order) - valueOf(other, order);
    if (difference !== 0 && !Number.isNaN(difference)) return sign * difference;
    return (order === 'market' ? sign : 1) * (one.market < other.market ? -1 : 1);
  });
}

function valueOf({ bid, ask, spread, book, covered }: MarketRow, order: Exclude<Order, 'market'>): number {
  switch (order) {
    case 'bid':
      return bid ?? -1;
    case 'ask':
      return ask ?? -1;
    case 'spread':
      return spread ?? -1;
    case 'changes':
      return book.changesPerSecond;
    case 'age':
      return book.ageMs ?? Number.MAX_SAFE_INTEGER;
    case 'covered':
      return covered?.of && covered.of.ofMs > 0 ? covered.of.coveredMs / covered.of.ofMs : -1;
  }
}
