import type { OrderbookClient } from '@trader/orderbook-client';
import { expect, test } from 'vitest';
import { AskedMarkets, type UnknownMarket } from './asked-markets.ts';

test('a market without an id, or without a book, is unknown until it has both; what nobody named does not matter', () => {
  const listeners = new Map<string, (event: object) => void>();
  const client = {
    on: (type: string, listener: (event: object) => void) => void listeners.set(type, listener),
    book: (market: string) => ({ staleReason: market === 'KXC' ? 'no-snapshot-yet' : null }),
  } as unknown as OrderbookClient;
  const told: (readonly UnknownMarket[])[] = [];
  const watched = new AskedMarkets({
    client,
    markets: ['KXA', 'KXB', 'KXC'],
    onChange: (unknown) => told.push(unknown),
  });
  const snapshot = (market: string, marketId: string | null) => listeners.get('snapshot')!({ market, marketId });
  snapshot('KXA', 'a');
  snapshot('KXOTHER', null);
  expect(told).toEqual([]);
  for (let again = 0; again < 3; again++) snapshot('KXB', null);
  listeners.get('status')!({ to: 'live' });
  expect(told.map((unknown) => unknown.map(({ market }) => market))).toEqual([['KXB'], ['KXB', 'KXC']]);
  expect(watched.unknown).toMatchObject([{ market: 'KXB' }, { market: 'KXC' }]);
  snapshot('KXB', 'b');
  snapshot('KXC', 'c');
  expect(told.at(-1)).toEqual([]);
});
