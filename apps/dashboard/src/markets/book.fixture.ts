// A book for tests.
import type { Book } from '../live/answers.ts';

export const book = (market: string, changed: Partial<Book> = {}): Book => ({
  market,
  synced: true,
  staleReason: null,
  ageMs: 10,
  changesPerSecond: 1,
  yesBid: ['0.2300', '41.10'],
  yesAsk: ['0.2400', '5.00'],
  yesDepth: 1,
  noDepth: 1,
  yesContracts: '41.10',
  noContracts: '5.00',
  repair: null,
  ...changed,
});
