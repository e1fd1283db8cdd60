// How a bot is tested without network and without waiting: `node --test examples/test-a-bot.ts`. Any framework will do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrderbookClient, type OrderbookClient } from '@trader/orderbook-client';
import { createTestExchange } from '@trader/orderbook-client/testing';

const MARKET = 'KXTEST-26NOV22-A';

/** The bot: says when the spread is wide enough to quote in, and never from a stale book. */
function watchSpread(client: OrderbookClient, say: (text: string) => void): void {
  const look = ({ market }: { readonly market: string }): void => {
    const book = client.book(market);
    if (book?.synced && book.bestAskPrice('yes') - book.bestBidPrice('yes') >= 500) say('wide');
  };
  client.on('snapshot', look);
  client.on('delta', look);
  client.on('stale', ({ reason }) => say(`stop: ${reason}`));
}

void test('it stops at a gap, and goes on with the repaired book', async () => {
  const exchange = createTestExchange();
  exchange.book(MARKET, { yes: [['0.40', '10']], no: [['0.58', '10']] });
  await using client = createOrderbookClient({ ...exchange.options, markets: [MARKET] });
  const said: string[] = [];
  watchSpread(client, (text) => said.push(text));
  client.start();
  await exchange.connected();
  assert.deepEqual(said, []); // 0.40 / 0.42

  exchange.holdReplies();
  exchange.gap(); // A number is lost, ...
  exchange.delta(MARKET, 'no', '0.58', '-10'); // ... which the next frame shows.
  assert.deepEqual(said, ['stop: gap']);
  exchange.delta(MARKET, 'no', '0.50', '1');
  exchange.sendReplies(); // The client has asked for the book: 0.40 / 0.50
  assert.deepEqual(said, ['stop: gap', 'wide']);
});
