// How many frames a second one client in the same process gets from tapes at speed `max`.
// node --conditions=@trader/source bench/play-tape.ts [tape …]; without a tape a synthetic one of 200,000 deltas.
import { cpus } from 'node:os';
import { temporaryFolder } from '@trader/testkit';
import { WebSocket } from 'ws';
import { createExchange } from '../src/index.ts';
import { signedHeaders } from '../test/client.ts';
import { at, deltaOf, snapshotOf, writeTape } from '../test/tape.ts';

using folder = temporaryFolder();
const synthetic = () => {
  const deltas = Array.from({ length: 200_000 }, (_, index) => at(index, deltaOf('A', 'yes', '0.1000', '1.00', index)));
  return writeTape(folder, 'synthetic.ndjson.gz', [at(0, snapshotOf('A')), ...deltas], { gzip: true });
};
const named = process.argv.slice(2);
const tapes = named.length > 0 ? named : [synthetic()];

const scannedMs = performance.now();
await using exchange = await createExchange({ tapes, speed: 'max', playback: 'on-play' });
const startedMs = performance.now();
console.log(`checked and started in ${Math.round(startedMs - scannedMs)} ms, ${exchange.markets.length} markets`);

const client = new WebSocket(exchange.url, { headers: signedHeaders(exchange) });
let received = 0;
let playingMs = 0;
let ended = false;
const all = new Promise<void>((resolve) => {
  client.on('message', () => {
    // The acknowledgement and a snapshot per market come first.
    if (++received === exchange.markets.length + 1) {
      playingMs = performance.now();
      exchange.play();
    }
    if (ended && received === exchange.totals().framesSent) resolve();
  });
});
client.on('open', () => {
  const params = { channels: ['orderbook_delta'], market_tickers: exchange.markets };
  client.send(JSON.stringify({ id: 1, cmd: 'subscribe', params }));
});
await exchange.finished;
ended = true;
// One answer more, so that the last arrival is sure to come after `ended`.
client.send('{"id":2,"cmd":"list_subscriptions"}');
await all;
const seconds = (performance.now() - playingMs) / 1000;
const rate = Math.round(received / seconds).toLocaleString('en');
const { rss } = process.memoryUsage();
console.log(
  `${received} frames in ${seconds.toFixed(2)} s: ${rate} frames/s, resident ${Math.round(rss / 1_048_576)} MiB`,
);
console.log(`${process.version}, ${cpus().length} cores, ${cpus()[0]?.model}`);
client.terminate();
