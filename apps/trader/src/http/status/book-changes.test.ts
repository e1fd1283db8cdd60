import { createOrderbookClient } from '@trader/orderbook-client';
import { createTestExchange } from '@trader/orderbook-client/testing';
import { expect, test } from 'vitest';
import { BookChanges } from './book-changes.ts';

test('BookChanges counts what changes a book, and no audit that finds it as it was', async () => {
  const exchange = createTestExchange();
  exchange.book('KXTEST-A', { yes: [['0.40', '10']], no: [['0.55', '5']] });
  await using client = createOrderbookClient({ ...exchange.options, markets: ['KXTEST-A'] });
  // Not the time of the frames.
  const changes = new BookChanges(() => exchange.nowMs - 3_600_000);
  changes.follow(client);
  client.start();
  await exchange.connected();
  const book = client.book('KXTEST-A')!;
  const version = (): number | undefined => changes.of(book)?.version;
  expect([book.synced, version()]).toEqual([true, 1]);
  const firstAtMs = changes.of(book)!.atMs;

  await exchange.advance(60_000);
  expect(client.status().counters.audited).toBeGreaterThan(0);
  expect([version(), changes.of(book)!.atMs]).toEqual([1, firstAtMs]);

  exchange.delta('KXTEST-A', 'yes', '0.41', '2');
  expect(version()).toBe(2);
  expect(changes.of(book)!.atMs).toBe(exchange.nowMs - 3_600_000);

  exchange.book('KXTEST-A', { yes: [['0.30', '1']], no: [] });
  exchange.snapshot('KXTEST-A');
  expect(version()).toBe(3);
  exchange.snapshot('KXTEST-A');
  expect(version()).toBe(3);
});

test('BookChanges says how many changes a second there were, and none once there are none', async () => {
  const exchange = createTestExchange();
  exchange.book('KXTEST-A', { yes: [['0.40', '10']], no: [['0.55', '5']] });
  await using client = createOrderbookClient({ ...exchange.options, markets: ['KXTEST-A'] });
  const changes = new BookChanges(() => exchange.nowMs);
  changes.follow(client);
  client.start();
  await exchange.connected();
  const book = client.book('KXTEST-A')!;
  const rate = (): number => changes.perSecond(book, exchange.nowMs);
  const pass = async (): Promise<number> => {
    for (let change = 0; change < 5; change++) exchange.delta('KXTEST-A', 'yes', '0.41', '2');
    await exchange.advance(1_000);
    return rate();
  };
  for (let second = 0; second < 20; second++) await pass();
  for (let second = 0; second < 40; second++) expect(Math.abs((await pass()) - 5)).toBeLessThanOrEqual(0.5);
  await exchange.advance(5_000);
  expect(rate()).toBeGreaterThan(0);
  expect(rate()).toBeLessThan(5);
  await exchange.advance(20_000);
  expect(rate()).toBe(0);
});
