// The example of one bot on the exchange, on a recording in its database and on the recording's Parquet files.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createExchange } from '@trader/exchange-simulator';
import { createOrderbookClient } from '@trader/orderbook-client';
import { eventToRecord, RECORDED_EVENTS, tablesToRecords, type FeedRecord } from '@trader/orderbook-client/records';
import { createTestExchange } from '@trader/orderbook-client/testing';
import { createSessionStore, type StoreRecord } from '@trader/session-store';
import { seededRandom, temporaryFolder, testSeed } from '@trader/testkit';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { startBot, textOf } from '../examples/spread-bot.ts';
import { newDatabase } from './databases.ts';
import { cleanEnvironment } from './program.ts';

const MARKETS = ['KXTEST-26NOV22-A', 'KXTEST-26NOV22-B', 'KXTEST-26NOV22-EMPTY'] as const;
const example = fileURLToPath(new URL('../examples/run-bot.ts', import.meta.url));
const node = ['--conditions=@trader/source', example];

/** When a lost connection was seen no recording says: it is told after the last frame on it. */
const timed = (said: string): string => said.replace(/^\S+(?=.*disconnected$)/gm, 'after the last frame');

const all = async <T extends { readonly kind: string }>(source: AsyncIterable<T>): Promise<T[]> => {
  const records: T[] = [];
  for await (const record of source) records.push(record);
  return records;
};

/** Holes of all kinds that a number shows, trades, and an empty book. @returns what the bot said */
async function recordInto(append: (record: FeedRecord) => unknown): Promise<string[]> {
  const random = seededRandom(testSeed());
  const exchange = createTestExchange();
  exchange.book(MARKETS[0], { yes: [['0.40', '10000']], no: [['0.55', '10000']] });
  exchange.book(MARKETS[1], { no: [['0.50', '5']] });
  exchange.book(MARKETS[2], {});
  const resting = new Set<string>();
  const channels = { trade: 'markets' } as const;
  await using client = createOrderbookClient({ ...exchange.options, markets: [...MARKETS], channels });
  let isOver = false;
  for (const type of RECORDED_EVENTS) client.on(type, (event) => void (isOver || append(eventToRecord(event))));
  const said: string[] = [];
  startBot(client, (decision) => void (isOver || said.push(textOf(decision))));
  client.start();
  await exchange.connected();
  for (let step = 1; step <= 400; step++) {
    await exchange.advance(1);
    const market = MARKETS[Math.floor(random() * 2)]!;
    const what = random();
    if (step % 150 === 0) {
      exchange.disconnect();
      await exchange.advance(2_000);
    } else if (what < 0.8) {
      const price = `0.${41 + Math.floor(random() * 4)}`;
      const key = `${market} ${price}`;
      exchange.delta(market, 'yes', price, resting.has(key) ? '-1.25' : '1.25');
      if (!resting.delete(key)) resting.add(key);
    } else if (what < 0.9) exchange.trade(MARKETS[0], 'no', '0.40', '0.01');
    else if (what < 0.96) exchange.snapshot(market);
    else exchange.gap(1 + Math.floor(random() * 3));
  }
  await exchange.advance(5_000);
  isOver = true;
  return said;
}

/** The test exchange's times are whole ms, of which a table does not say that they are known to the microsecond. */
function asTabled(record: StoreRecord): object {
  if (record.kind === 'gap') return { market: null, ...record };
  const { exchangeAtUs: _, ...told } = record as StoreRecord & { exchangeAtUs?: number };
  return told;
}

test('one bot says the same live, on the session in its database and on its Parquet files', async () => {
  const url = await newDatabase();
  using folder = temporaryFolder('backtest-');
  await using store = await createSessionStore({ url });
  const session = await store.openSession({ recorder: 'bot' });
  const said = await recordInto((record) => session.append(record));
  await session.close({ status: 'closed', reason: 'test' });
  expect(said.length).toBeGreaterThan(20);
  for (const what of ['deltas', 'snapshots', 'trades', 'lifecycle', 'gaps'] as const)
    await store.export({ format: 'parquet', what, folder: folder.path });

  const run = async (...args: string[]) =>
    promisify(execFile)(process.execPath, [...node, ...args], { env: cleanEnvironment() });
  const [onSession, onParquet] = await Promise.all([run('session', url, session.id), run('parquet', folder.path)]);
  expect({ ...onSession, stdout: timed(onSession.stdout) }).toEqual({
    stdout: timed(`${said.join('\n')}\n`),
    stderr: '',
  });
  expect(onParquet).toEqual(onSession);

  const parsers = { timestampFromMicroseconds: (us: bigint) => us };
  const rows = async (name: string) =>
    parquetReadObjects({ file: await asyncBufferFromFile(join(folder.path, `${name}.parquet`)), parsers });
  const [deltas, snapshots, trades, gaps] = await Promise.all(['deltas', 'snapshots', 'trades', 'gaps'].map(rows));
  const read = await all(tablesToRecords({ deltas: deltas!, snapshots: snapshots!, trades: trades!, gaps: gaps! }));
  const stored = (await all(store.replay(session.id))).filter(({ kind }) => kind !== 'raw');
  expect(read).toEqual(stored.map(asTabled));
  expect(new Set(read.map(({ kind }) => kind)).size).toBe(4);
});

test('the example runs live', async () => {
  using folder = temporaryFolder('backtest-');
  await using exchange = await createExchange({ markets: 2, deltasPerSecond: 200, seed: testSeed() });
  const { url, credentials, markets } = exchange;
  const key = join(folder.path, 'key.pem');
  writeFileSync(key, credentials.privateKeyPem, { mode: 0o600 });
  const env = cleanEnvironment({ KALSHI_URL: url, KALSHI_KEY_ID: credentials.keyId, KALSHI_PRIVATE_KEY_FILE: key });
  const child = spawn(process.execPath, [...node, 'live', ...markets], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [first] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(first).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z KXSIM-\d+ 0\.\d{4}: wide spread$/m);
});

test('the code of the guide is that of the examples', () => {
  const guide = readFileSync(
    new URL('../../../docs/guides/backtest-on-your-own-recording.md', import.meta.url),
    'utf8',
  );
  const lines = new Set(
    ['spread-bot.ts', 'run-bot.ts'].flatMap((name) =>
      readFileSync(new URL(`../examples/${name}`, import.meta.url), 'utf8')
        .split('\n')
        .map((line) => line.trim()),
    ),
  );
  const code = [...guide.matchAll(/^```ts\n(.*?)^```/gms)].flatMap(([, block]) =>
    block!.split('\n').map((line) => line.trim()),
  );
  expect(code.length).toBeGreaterThan(20);
  expect(code.filter((line) => !lines.has(line))).toEqual([]);
});
