// Prints every trade in the markets named on the command line, and the account's own fills and positions in any market.
//
//   KALSHI_KEY_ID=… KALSHI_PRIVATE_KEY_FILE=kalshi.pem node examples/follow-trades-and-fills.ts KXGOLD15M-26AUG102115-15
import { readFileSync } from 'node:fs';
import { createOrderbookClient, formatMicrodollars, formatPrice, formatSize } from '@trader/orderbook-client';

const { KALSHI_URL, KALSHI_KEY_ID, KALSHI_PRIVATE_KEY_FILE } = process.env;
if (!KALSHI_KEY_ID || !KALSHI_PRIVATE_KEY_FILE) throw new Error('set KALSHI_KEY_ID and KALSHI_PRIVATE_KEY_FILE');

const client = createOrderbookClient({
  url: KALSHI_URL ?? 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
  credentials: { keyId: KALSHI_KEY_ID, privateKeyPem: readFileSync(KALSHI_PRIVATE_KEY_FILE, 'utf8') },
  markets: process.argv.slice(2),
  channels: { trade: 'markets', fill: 'all', market_positions: 'all' },
});

client.on('trade', ({ market, takerSide, yesPrice, size }) =>
  console.log(`trade     ${market}  ${formatSize(size)} at ${formatPrice(yesPrice)}, taker for ${takerSide}`),
);
client.on('fill', ({ market, side, yesPrice, size, feeMicrodollars }) => {
  const fee = feeMicrodollars === null ? 'an unknown fee' : `$${formatMicrodollars(feeMicrodollars)}`;
  console.log(`fill      ${market}  ${formatSize(size)} at ${formatPrice(yesPrice)} for ${side}, for ${fee}`);
});
client.on('market-position', ({ market, position, realizedPnlMicrodollars }) =>
  console.log(`position  ${market}  ${formatSize(position)}, realized $${formatMicrodollars(realizedPnlMicrodollars)}`),
);
// These channels send nothing again. After a gap or a cut, ask for fills and positions over REST.
client.on('gap', ({ channel, cause }) => console.log(`gap       on ${channel}: ${cause}`));
client.on('problem', ({ error }) => console.error(error.code, error.message));
client.start();
process.once('SIGINT', () => void client.close());
