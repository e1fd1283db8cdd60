// The other process of play-tape.ts: it reads frames and counts them.
import { WebSocket } from 'ws';

const client = new WebSocket(process.argv[2] ?? '', {
  headers: JSON.parse(process.argv[3] ?? '{}') as Record<string, string>,
});
let received = 0;
let expected = Infinity;
const report = () => received >= expected && process.send?.({ received });
client.on('message', () => {
  received++;
  report();
});
client.on('open', () => process.send?.('open'));
process.on('message', (message: { subscribe: readonly string[] } | { expected: number }) => {
  if ('expected' in message) {
    expected = message.expected;
    report();
    return;
  }
  const params = { channels: ['orderbook_delta'], market_tickers: message.subscribe };
  client.send(JSON.stringify({ id: 1, cmd: 'subscribe', params }));
});
process.on('disconnect', () => client.terminate());
