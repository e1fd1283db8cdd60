// A bot that takes one event after the other and may wait in between, for an order to be confirmed for example. When it
// falls behind, the client stops reading instead of losing anything. It only prints what it would quote.
//
//   KALSHI_KEY_ID=… KALSHI_PRIVATE_KEY_FILE=kalshi.pem node examples/bot-loop.ts KXGOLD15M-26AUG102115-15
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { createOrderbookClient, formatPrice } from '@trader/orderbook-client';

const { KALSHI_URL, KALSHI_KEY_ID, KALSHI_PRIVATE_KEY_FILE } = process.env;
if (!KALSHI_KEY_ID || !KALSHI_PRIVATE_KEY_FILE) throw new Error('set KALSHI_KEY_ID and KALSHI_PRIVATE_KEY_FILE');

await using client = createOrderbookClient({
  url: KALSHI_URL ?? 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
  credentials: { keyId: KALSHI_KEY_ID, privateKeyPem: readFileSync(KALSHI_PRIVATE_KEY_FILE, 'utf8') },
  markets: process.argv.slice(2),
});
process.once('SIGINT', () => void client.close());

const quotes = new Map<string, number>();
const quote = async (market: string, price: number | undefined): Promise<void> => {
  if (quotes.get(market) === price) return;
  if (price === undefined) quotes.delete(market);
  else quotes.set(market, price);
  console.log(market, price === undefined ? 'cancel' : `bid ${formatPrice(price)}`);
  await setImmediate(); // Here a real bot waits for the exchange.
};

const events = client.events({ maxQueued: 1000, overflow: 'pause' });
client.start();
for await (const event of events) {
  if (event.type === 'stale') for (const market of event.markets) await quote(market, undefined);
  if (event.type !== 'snapshot' && event.type !== 'delta') continue;
  // The book may be newer than the event: it is the state of now, and that is what a quote is made from.
  const book = client.book(event.market);
  if (book?.synced) await quote(event.market, book.depth('yes') > 0 ? book.bestBidPrice('yes') : undefined);
}
