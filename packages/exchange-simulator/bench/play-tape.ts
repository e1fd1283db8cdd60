// How many frames a second one client gets from tapes at speed `max`, in the same process and in another one.
// node --conditions=@trader/source bench/play-tape.ts [tape …]; without a tape a synthetic one of 200,000 deltas.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@trader/testkit';
import { WebSocket } from 'ws';
import { createExchange, type Exchange } from '../src/index.ts';
import { signedHeaders } from '../test/client.ts';
import { at, deltaOf, snapshotOf, writeTape } from '../test/tape.ts';

using folder = temporaryFolder();
const synthetic = () => {
  const deltas = Array.from({ length: 200_000 }, (_, index) => at(index, deltaOf('A', 'yes', '0.1000', '1.00', index)));
  return writeTape(folder, 'synthetic.ndjson.gz', [at(0, snapshotOf('A')), ...deltas], { gzip: true });
};
const named = process.argv.slice(2);
const tapes = named.length > 0 ? named : [synthetic()];

const mebibytes = () => Math.round(process.memoryUsage().rss / 1_048_576);

function print(where: string, frames: number, sinceMs: number): void {
  const seconds = (performance.now() - sinceMs) / 1000;
  const rate = Math.round(frames / seconds).toLocaleString('en');
  console.log(
    `client in ${where}: ${frames} frames in ${seconds.toFixed(2)} s, ${rate} frames/s, resident ${mebibytes()} MiB`,
  );
}

async function start(): Promise<Exchange> {
  const scannedMs = performance.now();
  const exchange = await createExchange({ tapes, speed: 'max', playback: 'on-play' });
  const tookMs = Math.round(performance.now() - scannedMs);
  console.log(`checked and started in ${tookMs} ms, ${exchange.markets.length} markets`);
  return exchange;
}

/** The acknowledgement and a snapshot per market come before the tapes. */
const openingFrames = ({ markets }: Exchange) => markets.length + 1;

async function inThisProcess(): Promise<void> {
  await using exchange = await start();
  const client = new WebSocket(exchange.url, { headers: signedHeaders(exchange) });
  let received = 0;
  let playingMs = 0;
  let ended = false;
  const all = new Promise<void>((resolve) => {
    client.on('message', () => {
      if (++received === openingFrames(exchange)) {
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
  print('the same process', received, playingMs);
  client.terminate();
}

async function inAnotherProcess(): Promise<void> {
  await using exchange = await start();
  const program = fileURLToPath(new URL('./play-tape-client.ts', import.meta.url));
  const child = fork(program, [exchange.url, JSON.stringify(signedHeaders(exchange))]);
  await once(child, 'message');
  child.send({ subscribe: exchange.markets });
  while (exchange.totals().framesSent < openingFrames(exchange)) await turn();
  const playingMs = performance.now();
  exchange.play();
  await exchange.finished;
  const expected = exchange.totals().framesSent;
  child.send({ expected });
  await once(child, 'message');
  print('another process', expected, playingMs);
  child.disconnect();
  await once(child, 'exit');
}

await inThisProcess();
await inAnotherProcess();
console.log(`${process.version}, ${cpus().length} cores, ${cpus()[0]?.model}`);
