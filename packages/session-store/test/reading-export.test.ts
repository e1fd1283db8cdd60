// What is exported is what was recorded, as another program reads it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@trader/testkit';
import { PgDialect, QueryBuilder } from 'drizzle-orm/pg-core';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSessionStore, type SessionStore, type StoreRecord } from '../src/index.ts';
import * as views from '../src/views.ts';
import { askDuckdb } from './ask-duckdb.ts';
import { atMs, delta, gap, raw, snapshot, trade } from './contract.ts';
import { newDataDir } from './databases.ts';

const folder = temporaryFolder('session-store-export-');
const records: readonly StoreRecord[] = [
  snapshot(1, { yes: [[4200, 2 ** 53 - 1]], no: [] }),
  snapshot(2, { market: 'SNOW, "heavy"', yes: [], no: [] }),
  ...Array.from({ length: 60_000 }, (_, index) =>
    delta(index + 3, {
      market: index % 3 === 0 ? 'SNOW, "heavy"' : 'RAIN-TOMORROW',
      delta: index - 30_000,
      exchangeAtMs: index % 2 === 0 ? null : atMs + index - 12,
      receivedAtMs: atMs + index,
    }),
  ),
  gap({ firstSeq: 60_003, lastSeq: null, fromAtMs: atMs + 60_000, toAtMs: null, cause: 'connection\nlost' }),
  trade(1),
  trade(null, { takerSide: null, isBlockTrade: false, tradeId: 'T "1"' }),
  raw({ epoch: 2, receivedAtMs: atMs + 70_000 }),
];
let store: SessionStore;
let session: string;

beforeAll(async () => {
  store = await createSessionStore({ dataDir: newDataDir() });
  const recording = await store.openSession({ recorder: 'desk-1' });
  for (const record of records) if (recording.append(record) === 'full') await recording.drained();
  session = (await recording.close({ status: 'closed', reason: 'test' })).id;
});
afterAll(async () => {
  await store?.close();
  folder.remove();
});

describe('an export to Parquet', () => {
  test('holds every delta exactly, in row groups, as DuckDB reads it', async () => {
    const progress: number[] = [];
    const target = join(folder.path, 'parquet');
    const result = await store.export({
      format: 'parquet',
      what: 'deltas',
      folder: target,
      onProgress: ({ rows }) => progress.push(rows),
    });
    expect(result).toEqual({
      file: join(target, 'deltas.parquet'),
      rows: 60_000,
      coverageFile: join(target, 'coverage.parquet'),
      packageFile: null,
      sessions: [session],
    });
    expect(progress.at(-1)).toBe(60_000);
    expect(progress.length).toBeGreaterThan(3);
    const [sums] = await askDuckdb(`
      select count(*) as rows, sum(seq)::varchar as seqs, sum(delta)::varchar as deltas, count(exchange_at) as timed,
        count(distinct market) as markets
      from '${result.file}'`);
    const seqs = (60_000 * (3 + 60_002)) / 2;
    expect(sums).toEqual({ rows: '60000', seqs: String(seqs), deltas: '-30000', timed: '30000', markets: '2' });
    expect(await askDuckdb(`select * from '${result.file}' where seq = 1004`)).toEqual([
      {
        session_id: session,
        epoch: 1,
        sid: '1',
        seq: '1004',
        market: 'RAIN-TOMORROW',
        side: 'yes',
        price: 4300,
        delta: '-28999',
        exchange_at: new Date(atMs + 989).toISOString().replace('T', ' ').replace('Z', '+00'),
        received_at: new Date(atMs + 1001).toISOString().replace('T', ' ').replace('Z', '+00'),
      },
    ]);
    const [groups] = await askDuckdb(
      `select count(distinct row_group_id) as count from parquet_metadata('${result.file}')`,
    );
    expect(groups).toEqual({ count: '2' });
    const intervals = await askDuckdb(
      `select market, covered, cause from '${result.coverageFile}' order by market, from_at`,
    );
    expect(intervals).toContainEqual({ market: 'RAIN-TOMORROW', covered: true, cause: null });
    expect(intervals).toContainEqual({ market: 'RAIN-TOMORROW', covered: false, cause: 'connection\nlost' });
  });

  test('keeps empty snapshots, trades without a number, and sizes up to 2^53', async () => {
    const target = join(folder.path, 'others');
    const snapshots = await store.export({ format: 'parquet', what: 'snapshots', folder: target });
    expect(await askDuckdb(`select seq, market, side, price, size from '${snapshots.file}' order by seq`)).toEqual([
      { seq: '1', market: 'RAIN-TOMORROW', side: 'yes', price: 4200, size: String(2 ** 53 - 1) },
      { seq: '2', market: 'SNOW, "heavy"', side: null, price: null, size: null },
    ]);
    const trades = await store.export({ format: 'parquet', what: 'trades', folder: target });
    expect(
      await askDuckdb(`select seq, trade_id, taker_side, is_block_trade from '${trades.file}' order by seq`),
    ).toEqual([
      { seq: '1', trade_id: 'f195de40-6a3f-418b-1a7e-9d89fee559c0', taker_side: 'yes', is_block_trade: null },
      { seq: null, trade_id: 'T "1"', taker_side: null, is_block_trade: false },
    ]);
  });
});

describe('an export to CSV', () => {
  test('says the same, of a market and a time', async () => {
    const target = join(folder.path, 'csv');
    const span = { fromMs: atMs + 1, toMs: atMs + 7 };
    const { file } = await store.export({
      format: 'csv',
      what: 'deltas',
      folder: target,
      markets: ['SNOW, "heavy"'],
      ...span,
    });
    const line = (index: number, exchangeAt: string) =>
      `${session},1,1,${index + 3},"SNOW, ""heavy""",side_yes,4300,${index - 30_000},${exchangeAt},${new Date(atMs + index).toISOString()}`;
    expect(readFileSync(file, 'utf8').split('\r\n')).toEqual([
      'session_id,epoch,sid,seq,market,side,price,delta,exchange_at,received_at',
      line(3, new Date(atMs - 9).toISOString()),
      line(6, ''),
      '',
    ]);
    const gaps = await store.export({ format: 'csv', what: 'gaps', folder: target, sessions: [session] });
    expect(readFileSync(gaps.file, 'utf8').split('\r\n').slice(1)).toEqual([
      `${session},1,1,60003,,${new Date(atMs + 60_000).toISOString()},,"connection\nlost",`,
      '',
    ]);
  });
});

test('an export that is ended leaves no file, and keeps one from before', async () => {
  const target = join(folder.path, 'ended');
  const reason = new Error('enough');
  const ended = new AbortController();
  const aborting = { signal: ended.signal, onProgress: () => ended.abort(reason) };
  const options = { format: 'parquet', what: 'deltas', folder: target } as const;
  await expect(store.export({ ...options, ...aborting })).rejects.toBe(reason);
  expect(readdirSync(target)).toEqual([]);
  const unknown = store.export({ ...options, sessions: ['00000000-0000-4000-8000-000000000000'] });
  await expect(unknown).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
  const { file } = await store.export({ ...options, toMs: atMs + 10 });
  const again = new AbortController();
  const throwing = { signal: again.signal, onProgress: () => again.abort(reason) };
  await expect(store.export({ ...options, ...throwing })).rejects.toBe(reason);
  expect(existsSync(file)).toBe(true);
  expect(await askDuckdb(`select count(*) as rows from '${file}'`)).toEqual([{ rows: '10' }]);
});

test('the views can be asked with Drizzle, typed', async () => {
  const { deltas, trades, gaps, snapshots, snapshotFrames } = views;
  const query = new QueryBuilder()
    .select({ seq: deltas.seq, delta: deltas.delta, receivedAt: deltas.receivedAt })
    .from(deltas)
    .where(eq(deltas.seq, 60_000));
  const { sql: text, params } = new PgDialect().sqlToQuery(query.getSQL());
  expect(await store.query(text, params)).toEqual([
    { seq: 60_000, delta: 29_997, received_at: new Date(atMs + 59_997) },
  ]);
  // Every column that is declared is there.
  for (const view of [
    deltas,
    trades,
    gaps,
    snapshots,
    snapshotFrames,
    views.sessions,
    views.rawFrames,
    views.expirations,
  ]) {
    const all = new PgDialect().sqlToQuery(sql`${new QueryBuilder().select().from(view).limit(1)}`);
    await store.query(all.sql, all.params);
  }
});
