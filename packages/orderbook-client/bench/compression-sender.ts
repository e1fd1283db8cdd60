// The exchange's part of compression.ts, in a process of its own: sends the same deltas to whoever connects.
import { WebSocketServer } from 'ws';
import { deltaText } from './frames.ts';
import { MarketFlow } from './market-flow.ts';

export type SenderReport = { readonly port: number; readonly textBytes: number };

const [frames, markets] = process.argv.slice(2).map(Number) as [number, number];
const flows = Array.from({ length: markets }, (_, market) => new MarketFlow('cent', market));
const texts = Array.from({ length: frames }, (_, index) => {
  const market = (index * 7919) % markets;
  return deltaText(market, index + 1, flows[market]!.next());
});

// Also small messages: ws leaves those below a kilobyte as they are, and the exchange does not.
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: { threshold: 0 } });
server.on('connection', (socket) => {
  for (const text of texts) socket.send(text);
  socket.close(1000);
});
server.on('listening', () => {
  const { port } = server.address() as { port: number };
  const textBytes = texts.reduce((sum, text) => sum + text.length, 0);
  process.send?.({ port, textBytes } satisfies SenderReport);
});
