// Runs the bot of spread-bot.ts: on the exchange, on a recording in its database, or on a recording's Parquet files.
//
//   KALSHI_KEY_ID=… KALSHI_PRIVATE_KEY_FILE=kalshi.pem node examples/run-bot.ts live KXGOLD15M-26AUG102115-15
//   node examples/run-bot.ts session postgres://user@127.0.0.1/trader 3f2a90c1-…
//   node examples/run-bot.ts parquet export
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOrderbookClient, type OrderbookClient } from '@trader/orderbook-client';
import { tablesToRecords } from '@trader/orderbook-client/records';
import { createReplayClient } from '@trader/orderbook-client/replay';
import { openReader } from '@trader/session-store';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { startBot, textOf } from './spread-bot.ts';

const [where, ...rest] = process.argv.slice(2);
if (where === 'live') runLive(rest);
else if (where === 'session') await runOnSession(rest[0]!, rest[1]!);
else if (where === 'parquet') await runOnParquet(rest[0]!);
else throw new Error('live MARKET…, session DATABASE ID, or parquet FOLDER');

function run(client: OrderbookClient): void {
  client.on('problem', ({ error }) => console.error(error.code, error.message));
  startBot(client, (decision) => console.log(textOf(decision)));
  client.start();
}

function runLive(markets: readonly string[]): void {
  const { KALSHI_URL, KALSHI_KEY_ID, KALSHI_PRIVATE_KEY_FILE } = process.env;
  if (!KALSHI_KEY_ID || !KALSHI_PRIVATE_KEY_FILE) throw new Error('set KALSHI_KEY_ID and KALSHI_PRIVATE_KEY_FILE');
  const client = createOrderbookClient({
    url: KALSHI_URL ?? 'wss://external-api-ws.kalshi.com/trade-api/ws/v2',
    credentials: { keyId: KALSHI_KEY_ID, privateKeyPem: readFileSync(KALSHI_PRIVATE_KEY_FILE, 'utf8') },
    markets,
  });
  run(client);
  process.once('SIGINT', () => void client.close());
}

async function runOnSession(database: string, session: string): Promise<void> {
  await using store = await openReader({ url: database });
  const client = createReplayClient({ source: store.replay(session) });
  run(client);
  await client.finished;
}

async function runOnParquet(folder: string): Promise<void> {
  const table = (name: string) => rowsOf(join(folder, `${name}.parquet`));
  const source = tablesToRecords({
    deltas: table('deltas'),
    snapshots: table('snapshots'),
    trades: table('trades'),
    lifecycle: table('lifecycle'),
    gaps: table('gaps'),
  });
  const client = createReplayClient({ source });
  run(client);
  await client.finished;
}

/** The rows of a Parquet file, one row group in memory at a time. */
async function* rowsOf(path: string) {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  // A Date would have ms alone.
  const parsers = { timestampFromMicroseconds: (us: bigint) => us };
  let rowStart = 0;
  for (const { num_rows: rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(rows);
    yield* await parquetReadObjects({ file, metadata, rowStart, rowEnd, parsers });
    rowStart = rowEnd;
  }
}
