// Keeps the books of a series as its markets come and go: added when they are created, removed when they are settled.
//
//   KALSHI_KEY_ID=… KALSHI_PRIVATE_KEY_FILE=kalshi.pem node examples/follow-new-markets.ts KXGOLD15M-
//
// Markets that are open already are not announced: take those from REST (`GET /markets?series_ticker=…`), and name them
// after the prefix.
import { readFileSync } from 'node:fs';
import { createOrderbookClient } from '@trader/orderbook-client';

const { KALSHI_URL, KALSHI_KEY_ID, KALSHI_PRIVATE_KEY_FILE } = process.env;
if (!KALSHI_KEY_ID || !KALSHI_PRIVATE_KEY_FILE) throw new Error('set KALSHI_KEY_ID and KALSHI_PRIVATE_KEY_FILE');
const [prefix = '', ...markets] = process.argv.slice(2);

const client = createOrderbookClient({
  url: KALSHI_URL ?? 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
  credentials: { keyId: KALSHI_KEY_ID, privateKeyPem: readFileSync(KALSHI_PRIVATE_KEY_FILE, 'utf8') },
  markets,
  channels: { market_lifecycle_v2: 'all' },
});

client.on('market-lifecycle', ({ market, change, result }) => {
  if (!market.startsWith(prefix)) return;
  console.log(market, change, result ?? '');
  if (change === 'created') client.addMarkets([market]);
  if (change === 'settled') client.removeMarkets([market]);
});
client.on('snapshot', ({ market, yes, no }) => console.log(market, `book of ${yes.length} and ${no.length} levels`));
client.on('status', ({ to }) => console.log(to, `${client.status().synced} of ${client.status().wanted} books synced`));
// What was announced while the connection was away is not announced again: ask REST after a gap of this channel.
client.on('gap', ({ channel, cause }) => console.log(`gap on ${channel}: ${cause}`));
client.on('problem', ({ error }) => console.error(error.code, error.message));
client.start();
process.once('SIGINT', () => void client.close());
