// pmxt-core 2.41.0 as published: REST, then the socket. It is told URLs and a key, nothing else, from the environment.
// What it has seen goes to standard output, a line of JSON for each stage; a line on standard input asks for the next one.
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Kalshi } from 'pmxt-core';

// It prints what it does; the lines that are read here are ours.
// oxlint-disable-next-line no-console
console.log = console.warn = (...texts) => process.stderr.write(`${texts.join(' ')}\n`);

const {
  KALSHI_API_KEY: apiKey,
  KALSHI_PRIVATE_KEY_PATH: keyFile,
  KALSHI_BASE_URL: baseUrl,
  KALSHI_WS_URL: wsUrl,
} = process.env;
const client = new Kalshi({
  credentials: { apiKey, privateKey: readFileSync(keyFile, 'utf8'), baseUrl: new URL(baseUrl).origin },
  websocket: { wsUrl },
});
const lines = createInterface({ input: process.stdin });
const tell = (stage, facts) => process.stdout.write(`${JSON.stringify({ stage, ...facts })}\n`);
const failureOf = (promise) =>
  promise.then(
    () => undefined,
    ({ message }) => message,
  );

const markets = await client.fetchMarkets();
const tickers = markets.map(({ marketId }) => marketId).toSorted();
const [first] = tickers;
const [balance] = await client.fetchBalance();
tell('rest', { tickers, balance: balance.available, orderbook: await client.fetchOrderBook(first) });

// While nothing trades, the book on the socket is that of REST.
tell('books', {
  orderbook: await client.watchOrderBook(first),
  unknown: await failureOf(client.watchOrderBook('KXNONE-1')),
});
const traded = client.watchTrades(first);
tell('waiting', {});
await once(lines, 'line');
tell('trades', { watched: await traded, fetched: await client.fetchTrades(first, {}) });
await client.close();
lines.close();
