import type { BookView, OrderbookClient } from '@trader/orderbook-client';
import { expect, test } from 'vitest';
import { MarketAudits } from './market-audits.ts';

test('the latest audits of each book are kept, fifty at most', () => {
  const books = new Map<string, BookView>(['A', 'B'].map((market) => [market, { market } as unknown as BookView]));
  let tell: (event: object) => void = () => undefined;
  const audits = new MarketAudits();
  audits.follow({
    on: (_type: string, listener: (event: object) => void) => (tell = listener),
    book: (market: string) => books.get(market),
  } as unknown as OrderbookClient);
  for (let atMs = 1; atMs <= 60; atMs++) tell({ market: 'A', differences: 0, atMs });
  tell({ market: 'B', differences: 2, atMs: 61 });
  tell({ market: 'nobody wants it', differences: 0, atMs: 62 });
  expect(audits.of(books.get('A')!).map(({ atMs }) => atMs)).toEqual(Array.from({ length: 50 }, (_, at) => at + 11));
  expect(audits.of(books.get('B')!)).toEqual([{ atMs: 61, differences: 2 }]);
});
