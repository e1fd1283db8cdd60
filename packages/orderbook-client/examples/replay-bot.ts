// A bot on a recording: the same function runs live, with a client of createOrderbookClient in place of this one. The recording is a
// file of records, one as JSON in each line; `store.replay(session)` of @trader/session-store is taken as it is.
//
//   node examples/replay-bot.ts recording.ndjson KXGOLD15M-26AUG102115-15
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { formatPrice, type OrderbookClient } from '@trader/orderbook-client';
import type { FeedRecord } from '@trader/orderbook-client/records';
import { createReplayClient } from '@trader/orderbook-client/replay';

const [file, ...markets] = process.argv.slice(2);
if (!file) throw new Error('name the file of a recording');

/** The bot: says when the best bid changes, and when it does not know it. */
function watchBids(client: OrderbookClient, say: (text: string) => void): void {
  const bids = new Map<string, number>();
  const look = ({ market }: { readonly market: string }): void => {
    const book = client.book(market);
    if (!book?.synced || book.bestBidPrice('yes') === bids.get(market)) return;
    bids.set(market, book.bestBidPrice('yes'));
    // The time of the recording, or live this machine's.
    const at = new Date(client.nowMs()).toISOString();
    say(`${at} ${market} ${book.depth('yes') === 0 ? 'no bid' : formatPrice(book.bestBidPrice('yes'))}`);
  };
  client.on('snapshot', look);
  client.on('delta', look);
  client.on('stale', (stale) => {
    for (const market of stale.markets) {
      bids.delete(market);
      say(`${new Date(client.nowMs()).toISOString()} ${market} not known: ${stale.reason}`);
    }
  });
}

async function* recordsOf(path: string): AsyncGenerator<FeedRecord> {
  for await (const line of createInterface({ input: createReadStream(path) })) yield JSON.parse(line) as FeedRecord;
}

await using client = createReplayClient({ source: recordsOf(file), ...(markets.length > 0 && { markets }) });
client.on('problem', ({ error }) => console.error(error.code, error.message));
watchBids(client, console.log);
client.start();
await client.finished;
const { gaps, deltas } = client.status().counters;
console.log(`${deltas} deltas, ${gaps} holes`);
