// One measurement of memory.ts: a client whose socket is a function, so that nothing but the client is counted.
import { setImmediate as turn } from 'node:timers/promises';
import { createOrderbookClient, type OpenSocket, type OrderbookClient, type SocketListener } from '../src/index.ts';
import { acknowledgement, deltaText, MARKETS_PER_COMMAND, snapshotText, tickerOf } from './frames.ts';
import { collectGarbage } from './garbage.ts';
import { MarketFlow, type Grid } from './market-flow.ts';

export type MemoryOrder = { readonly grid: Grid; readonly markets: number };
export type MemoryReport = { readonly bytesPerBook: number; readonly levelsPerBook: number };

const CHANGES_PER_BOOK = 10;
const { grid, markets } = JSON.parse(process.argv[2] ?? '') as MemoryOrder;

/** An exchange in a function: it answers a `subscribe` with snapshots, and some changes of each book. */
function exchange(count: number): OpenSocket {
  let seq = 1;
  const answer = (listener: SocketListener, command: number): void => {
    const send = (text: string): void => listener.frame(Buffer.from(text));
    const first = command * MARKETS_PER_COMMAND;
    const end = Math.min(first + MARKETS_PER_COMMAND, count);
    send(acknowledgement(command, seq, end));
    if (command > 0) seq++;
    for (let market = first; market < end; market++) {
      const flow = new MarketFlow(grid, market);
      send(snapshotText(market, seq++, flow));
      for (let change = 0; change < CHANGES_PER_BOOK; change++) send(deltaText(market, seq++, flow.next()));
    }
  };
  return (_url, _headers, listener) => {
    let command = 0;
    setImmediate(() => listener.opened());
    return {
      send: () => {
        const number = command++;
        setImmediate(() => answer(listener, number));
      },
      ping: () => void setImmediate(() => listener.pong()),
      pause: () => undefined,
      resume: () => undefined,
      drop: () => undefined,
      close: () => Promise.resolve(),
    };
  };
}

async function syncedClient(count: number): Promise<OrderbookClient> {
  const client = createOrderbookClient({
    url: 'ws://127.0.0.1/trade-api/ws/v2',
    credentials: { keyId: 'bench', sign: () => '' },
    markets: Array.from({ length: count }, (_, index) => tickerOf(index)),
    auditIntervalMs: Infinity,
    openSocket: exchange(count),
  });
  client.start();
  await client.whenSynced({ timeoutMs: 120_000 });
  return client;
}

/** Heap and array buffers after everything that can go has gone. */
async function usedBytes(): Promise<number> {
  for (let turns = 0; turns < 4; turns++) {
    await turn();
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

// Code and its caches are not books: they are there before the first measurement.
for (let turns = 0; turns < 3; turns++) await (await syncedClient(2 * MARKETS_PER_COMMAND)).close();
const before = await usedBytes();
const client = await syncedClient(markets);
const bytesPerBook = ((await usedBytes()) - before) / markets;

let levels = 0;
for (const book of client.books()) levels += book.levels('yes').length + book.levels('no').length;
const { gaps, desyncs, violations } = client.status().counters;
if (gaps + desyncs + violations > 0) throw new Error('the books are not right');
await client.close();
process.send?.({ bytesPerBook, levelsPerBook: levels / markets } satisfies MemoryReport);
process.disconnect?.();
