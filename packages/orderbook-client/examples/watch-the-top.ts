// Prints best bid, best ask and spread of the market named on the command line whenever they change, as a bot sees
// them that is slower than the market: the latest, and nothing that has piled up.
//
//   KALSHI_KEY_ID=… KALSHI_PRIVATE_KEY_FILE=kalshi.pem node examples/watch-the-top.ts KXGOLD15M-26AUG102115-15
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import {
  createOrderbookClient,
  createWebSocketOpener,
  formatPrice,
  OrderbookClientError,
} from '@trader/orderbook-client';

const { KALSHI_URL, KALSHI_KEY_ID, KALSHI_PRIVATE_KEY_FILE, THIN_LINK } = process.env;
if (!KALSHI_KEY_ID || !KALSHI_PRIVATE_KEY_FILE) throw new Error('set KALSHI_KEY_ID and KALSHI_PRIVATE_KEY_FILE');
const [market = ''] = process.argv.slice(2);

await using client = createOrderbookClient({
  ...(KALSHI_URL === undefined ? { environment: 'production' as const } : { url: KALSHI_URL }),
  credentials: { keyId: KALSHI_KEY_ID, privateKeyPem: readFileSync(KALSHI_PRIVATE_KEY_FILE, 'utf8') },
  markets: [market],
  // The place for the agent of a proxy, too.
  openSocket: createWebSocketOpener({ perMessageDeflate: THIN_LINK !== undefined }),
});
client.on('problem', ({ error }) => console.error(error.code, error.message));
process.once('SIGINT', () => void client.close());
client.start();
try {
  await client.whenSynced([market], { timeoutMs: 30_000 });
} catch (error) {
  // A key that is rejected, or a market that there is not: the error says which.
  if (!OrderbookClientError.isInstance(error)) throw error;
  console.error(error.message);
  process.exit(1);
}

for await (const { synced, staleReason, bidPrice, askPrice } of client.watchTop(market)) {
  if (!synced) console.log(`not to be traded on: ${staleReason}`);
  else if (bidPrice === null || askPrice === null) console.log('one side is empty');
  else console.log(`${formatPrice(bidPrice)} / ${formatPrice(askPrice)}, spread ${formatPrice(askPrice - bidPrice)}`);
  await setTimeout(100); // Here a real bot waits for the exchange.
}
