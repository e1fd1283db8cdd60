// Prints the best YES prices of the markets named on the command line whenever they change.
//
//   KALSHI_KEY_ID=… KALSHI_PRIVATE_KEY_FILE=kalshi.pem node examples/print-best-prices.ts KXGOLD15M-26AUG102115-15
//
// KALSHI_URL points it, like every example here, at the demo exchange or at a simulator.
import { readFileSync } from 'node:fs';
import { createOrderbookClient, formatPrice } from '@trader/orderbook-client';

const { KALSHI_URL, KALSHI_KEY_ID, KALSHI_PRIVATE_KEY_FILE } = process.env;
if (!KALSHI_KEY_ID || !KALSHI_PRIVATE_KEY_FILE) throw new Error('set KALSHI_KEY_ID and KALSHI_PRIVATE_KEY_FILE');

const client = createOrderbookClient({
  url: KALSHI_URL ?? 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
  credentials: { keyId: KALSHI_KEY_ID, privateKeyPem: readFileSync(KALSHI_PRIVATE_KEY_FILE, 'utf8') },
  markets: process.argv.slice(2),
});

const text = (price: number): string => (Number.isNaN(price) ? '-' : formatPrice(price));
const shown = new Map<string, string>();
const show = ({ market }: { readonly market: string }): void => {
  const book = client.book(market);
  if (!book?.synced) return;
  const line = `${market}  ${text(book.bestBidPrice('yes'))} / ${text(book.bestAskPrice('yes'))}`;
  if (shown.get(market) !== line) console.log(line);
  shown.set(market, line);
};

client.on('snapshot', show);
client.on('delta', show);
client.on('stale', ({ markets, reason }) => console.log(`${markets.join(', ')}  stale: ${reason}`));
client.on('problem', ({ error }) => console.error(error.code, error.message));
client.start();
process.once('SIGINT', () => void client.close());
