// kalshi-client 1.0.0 as published: REST, then the socket. It is told URLs and a key, nothing else, from the environment.
// What it has seen goes to standard output, a line of JSON for each stage; a line on standard input asks for the next one.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { KalshiClient } from 'kalshi-client';

const { KALSHI_BASE_URL: baseUrl, KALSHI_WS_URL: wsUrl } = process.env;
const client = KalshiClient.fromEnv({ baseUrl, wsUrl });
const lines = createInterface({ input: process.stdin });
const tell = (stage, facts) => process.stdout.write(`${JSON.stringify({ stage, ...facts })}\n`);

const tickers = [];
for await (const { ticker } of client.markets.listAll({ status: 'open', limit: 2 })) tickers.push(ticker);
const [first] = tickers;
const { market } = await client.markets.get(first);
const unknown = await client.markets.get('NONE').then(
  () => 'found',
  ({ status }) => status,
);
tell('rest', {
  status: await client.exchange.getStatus(),
  balance: (await client.portfolio.getBalance()).balance,
  tickers,
  market: { ticker: market.ticker, status: market.status },
  orderbook: await client.markets.getOrderbook(first),
  unknown,
});

const socket = client.createWebSocket();
const books = new Map();
const seen = { deltas: 0, trades: 0, gaps: 0 };
socket.on('orderbook_snapshot', ({ msg }) => {
  const side = (levels = []) => new Map(levels);
  books.set(msg.market_ticker, { yes: side(msg.yes_dollars_fp), no: side(msg.no_dollars_fp) });
});
socket.on('orderbook_delta', ({ msg }) => {
  seen.deltas++;
  const levels = books.get(msg.market_ticker)[msg.side];
  const size = (Number(levels.get(msg.price_dollars) ?? 0) + Number(msg.delta_fp)).toFixed(2);
  if (Number(size) === 0) levels.delete(msg.price_dollars);
  else levels.set(msg.price_dollars, size);
});
socket.on('trade', () => seen.trades++);
socket.on('sequence_gap', () => seen.gaps++);
socket.on('error', (error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
await socket.connect();
const sid = await socket.subscribe({ channels: ['orderbook_delta'], market_tickers: tickers.slice(0, 2) });
await socket.subscribe({ channels: ['trade'] });
await socket.subscribe({ channels: ['communications'] });
await socket.updateSubscription(sid, 'add_markets', tickers.slice(2));
while (seen.deltas < 200 || seen.trades < 1) await new Promise((resolve) => setTimeout(resolve, 20));
tell('live', { sid });

await once(lines, 'line');
// The answer comes after everything that was sent before it.
const { msg: subscriptions } = await socket.listSubscriptions();
const plain = Object.fromEntries([...books].map(([ticker, { yes, no }]) => [ticker, { yes: [...yes], no: [...no] }]));
tell('books', { subscriptions, gaps: seen.gaps, books: plain });
socket.close();
lines.close();
