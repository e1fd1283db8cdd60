import { createTestExchange } from '@trader/orderbook-client/testing';
import { createOrderbookClient, isMarketTicker } from '@trader/orderbook-client';
import { expect, test } from 'vitest';

test.each([
  ['KXGOLD15M-26AUG102115-15', true],
  ['KXHIGHNY-26NOV22-T40.5', true],
  ['0', true],
  ['', false],
  ['kxgold', false],
  ['KX GOLD', false],
  ['KXA,KXB', false],
  ['KXA\n', false],
  ['-KXA', false],
  ['KXÄ', false],
])('isMarketTicker tells of %j what addMarkets takes: %s', async (text, isTaken) => {
  const exchange = createTestExchange();
  await using client = createOrderbookClient({ ...exchange.options, markets: [] });
  expect(isMarketTicker(text)).toBe(isTaken);
  let refusal: unknown = null;
  try {
    client.addMarkets(['KXGOOD', text]);
  } catch (error) {
    refusal = error;
  }
  expect(refusal instanceof TypeError).toBe(!isTaken);
  expect(client.status().wanted).toBe(isTaken ? 2 : 0);
});
