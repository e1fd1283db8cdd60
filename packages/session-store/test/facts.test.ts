// Definitions of markets, lifecycle, tickers and the exchange's states, on both engines: what is appended is read back, by replay, by
// the views and from files, whatever it holds.
import { join } from 'node:path';
import { getTableColumns, getViewSelectedFields } from 'drizzle-orm';
import { temporaryFolder } from '@trader/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Collector } from '../src/batch/collector.ts';
import type { SheddableRecord } from '../src/batch/shed-ranges.ts';
import { fieldsOf } from '../src/batch/fact-fields.ts';
import { storedEnds } from '../src/batch/writing/stored-ends.ts';
import { createSessionStore, type SessionStore, type StoreRecord } from '../src/index.ts';
import { batchText, parseBatch } from '../src/spool/batch-text.ts';
import * as views from '../src/views.ts';
import { askDuckdb } from './ask-duckdb.ts';
import { atMs, batchesOf, delta, gap, snapshot, ticker } from './contract.ts';
import { onPglite, onPostgres } from './databases.ts';
import { exchange, lifecycle, market } from './made-facts.ts';
import { collect, recordedIn } from './reading-properties.ts';

const folder = temporaryFolder('session-store-facts-');
afterAll(() => folder.remove());

const ranges = [{ start: 0, end: 10_000, step: 100 }];
const records: readonly StoreRecord[] = [
  exchange({
    exchangeActive: true,
    tradingActive: false,
    estimatedResumeAtMs: atMs + 60_000,
    schedule: { a: ['b', 1.5] },
  }),
  market('RAIN', {
    title: 'Will it "rain"?',
    openAtMs: atMs - 1000,
    closeAtMs: atMs + 1000,
    floorStrike: 4487.99,
    customStrike: { key: [1, null, 'x'] },
    priceLevelStructure: 'linear_cent',
    priceRanges: ranges,
    canCloseEarly: true,
    feeMultiplier: 0.5,
    status: 'open',
    exchangeStatus: 'active',
  }),
  snapshot(1, { sid: 1, market: 'RAIN', receivedAtMs: atMs }),
  lifecycle(1, { receivedAtMs: atMs + 1, market: 'RAIN', change: 'deactivated', paused: true }),
  lifecycle(2, { receivedAtMs: atMs + 2, about: 'event', eventTicker: 'E-1', seriesTicker: 'E', title: 'An event' }),
  lifecycle(3, { receivedAtMs: atMs + 3, about: 'event-fees', eventTicker: 'E-1', feeType: 'flat', feeMultiplier: 2 }),
  ticker(null, { receivedAtMs: atMs + 4, market: 'RAIN', sid: 4 }),
  ticker(4, { receivedAtMs: atMs + 5, market: 'SNOW' }),
  lifecycle(5, {
    receivedAtMs: atMs + 6,
    market: 'RAIN',
    change: 'determined',
    result: 'yes',
    determinedAtMs: atMs + 5,
    settlementValue: 10_000,
  }),
  lifecycle(6, { receivedAtMs: atMs + 7, market: 'RAIN', change: 'settled', settledAtMs: atMs + 6 }),
  // Its end was not announced.
  market('SNOW', {
    receivedAtMs: atMs + 8,
    result: 'no',
    settlementValue: 0,
    settledAtMs: atMs + 3,
    status: 'settled',
  }),
  // What `jsonb` takes neither as a text nor as deep as this.
  market('ODD', {
    receivedAtMs: atMs + 9,
    title: 'a\u0000b\ud800',
    primaryRules: String.raw`\u0000`,
  }),
  market('DEEP', { receivedAtMs: atMs + 10, customStrike: deep(500) }),
];

function deep(levels: number): Record<string, unknown> {
  let inner: Record<string, unknown> = {};
  for (let level = 0; level < levels; level++) inner = { inner };
  return inner;
}

describe.each([
  ['PostgreSQL', onPostgres],
  ['PGlite', onPglite],
])('facts on %s', (name, engine) => {
  let store: SessionStore;
  let session: string;
  beforeAll(async () => {
    store = await createSessionStore(await engine.location());
    session = await recordedIn(store, records);
  });
  afterAll(async () => store?.close());

  test('come back as they were, in order among the others', async () => {
    expect(await collect(store.replay(session))).toEqual(records);
    expect(await store.verify(session)).toMatchObject({ ok: true });
    expect((await store.sessions({ id: session }))[0]).toMatchObject({ facts: 12, snapshots: 1, messages: 13 });
  });

  test('of other markets are left out of a replay of some; those of none are not', async () => {
    const found = await collect(store.replay(session, { markets: ['SNOW'], fromMs: atMs, toMs: atMs + 9 }));
    expect(found).toEqual(
      records.filter((record) => !('market' in record) || record.market === 'SNOW' || record.market === null),
    );
  });

  test('are shown by a view for each kind', async () => {
    expect(
      await store.query(`select * from market_definitions where market not in ('ODD', 'DEEP') order by ordinal`),
    ).toMatchObject([
      {
        session_id: session,
        market: 'RAIN',
        title: 'Will it "rain"?',
        open_at: new Date(atMs - 1000),
        floor_strike: 4487.99,
        custom_strike: { key: [1, null, 'x'] },
        price_ranges: ranges,
        can_close_early: true,
        fee_multiplier: 0.5,
        status: 'open',
        result: null,
        received_at: new Date(atMs),
      },
      { market: 'SNOW', settlement_value: 0, settled_at: new Date(atMs + 3) },
    ]);
    // It cannot be shown, and is there.
    expect(await store.query(`select title, ordinal from market_definitions where market = 'ODD'`)).toEqual([
      { title: null, ordinal: 10 },
    ]);
    expect(
      await store.query('select seq, market, about, change, paused, fee_type from lifecycle order by seq'),
    ).toEqual([
      { seq: 1, market: 'RAIN', about: 'market', change: 'deactivated', paused: true, fee_type: null },
      { seq: 2, market: null, about: 'event', change: null, paused: null, fee_type: null },
      { seq: 3, market: null, about: 'event-fees', change: null, paused: null, fee_type: 'flat' },
      { seq: 5, market: 'RAIN', about: 'market', change: 'determined', paused: null, fee_type: null },
      { seq: 6, market: 'RAIN', about: 'market', change: 'settled', paused: null, fee_type: null },
    ]);
    expect(await store.query('select seq, market, volume, exchange_at from tickers order by ordinal')).toEqual([
      { seq: null, market: 'RAIN', volume: 9_000_000_000, exchange_at: new Date(atMs - 9) },
      { seq: 4, market: 'SNOW', volume: 9_000_000_000, exchange_at: new Date(atMs - 9) },
    ]);
    expect(
      await store.query('select exchange_active, trading_active, estimated_resume_at, schedule from exchange_status'),
    ).toEqual([
      {
        exchange_active: true,
        trading_active: false,
        estimated_resume_at: new Date(atMs + 60_000),
        schedule: { a: ['b', 1.5] },
      },
    ]);
  });

  test('an outcome is that which was announced, or else described', async () => {
    const settlements = await store.query('select * from settlements order by market');
    const [determined_at, settled_at] = [new Date(atMs + 5), new Date(atMs + 6)];
    expect(settlements).toEqual([
      {
        market: 'RAIN',
        result: 'yes',
        settlement_value: 10_000,
        determined_at,
        settled_at,
        received_at: new Date(atMs + 6),
      },
      {
        market: 'SNOW',
        result: 'no',
        settlement_value: 0,
        determined_at: null,
        settled_at: new Date(atMs + 3),
        received_at: new Date(atMs + 8),
      },
    ]);
  });

  test('are exported, with their columns and types', async () => {
    const rowsOf = async (what: 'markets' | 'lifecycle' | 'settlements' | 'tickers' | 'exchange', columns: string) => {
      const { file } = await store.export({ format: 'parquet', what, folder: join(folder.path, name) });
      return askDuckdb(`select ${columns} from '${file}' order by received_at`);
    };
    const strange = { title: 'a\u0000b\ufffd', floor_strike: null, open_at: null, price_ranges: null };
    const open_at = new Date(atMs - 1000).toISOString().replace('T', ' ').replace('.000Z', '+00');
    expect(await rowsOf('markets', 'market, title, floor_strike, open_at, price_ranges')).toMatchObject([
      {
        market: 'RAIN',
        title: 'Will it "rain"?',
        floor_strike: 4487.99,
        open_at,
        price_ranges: JSON.stringify(ranges),
      },
      { market: 'SNOW' },
      { market: 'ODD', ...strange },
      { market: 'DEEP', title: null },
    ]);
    expect(await rowsOf('lifecycle', 'seq, market, change')).toHaveLength(5);
    expect(await rowsOf('settlements', 'market, result, source')).toEqual([
      { market: 'RAIN', result: 'yes', source: 'lifecycle' },
      { market: 'RAIN', result: null, source: 'lifecycle' },
      { market: 'SNOW', result: 'no', source: 'market' },
    ]);
    expect(await rowsOf('tickers', 'volume')).toEqual([{ volume: '9000000000' }, { volume: '9000000000' }]);
    expect(await rowsOf('exchange', 'schedule')).toEqual([{ schedule: '{"a":["b",1.5]}' }]);
  });
});

test('a view has a column for each field of its kind, and Drizzle knows all of them', async () => {
  await using store = await createSessionStore(await onPostgres.location());
  const columnsOf = async (view: string) => {
    const rows = await store.query(
      `select attname::text as name from pg_attribute where attrelid = $1::text::regclass and attnum > 0`,
      [view],
    );
    return rows.map(({ name }) => name as string);
  };
  const snake = (field: string) => field.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (at) => `_${at.toLowerCase()}`);
  for (const [kind, name, view] of [
    ['market', 'market_definitions', views.marketDefinitions],
    ['lifecycle', 'lifecycle', views.lifecycle],
    ['ticker', 'tickers', views.tickers],
    ['exchange', 'exchange_status', views.exchangeStatus],
  ] as const) {
    const found = await columnsOf(name);
    expect(found).toEqual(expect.arrayContaining(fieldsOf(kind).map(([field]) => snake(field))));
    const fields = Object.values(getViewSelectedFields(view)) as { name: string }[];
    expect(fields.map((field) => field.name).toSorted()).toEqual(found.toSorted());
  }
  expect(Object.values(getTableColumns(views.sessions)).map((column) => column.name)).toContain('facts');
});

describe('numbers', () => {
  test('of facts are those of their subscription: they rise, and what is shed is named', async () => {
    const collector = new Collector({ intervalMs: 1000, everyDeltas: 100 });
    collector.add(ticker(4));
    expect(() => collector.add(lifecycle(4, { about: 'market' }))).toThrow('seq 4 of sid 3 in epoch 1 comes after 4');
    const before = collector.counters();
    const endless: Record<string, unknown> = {};
    endless['self'] = endless;
    expect(() => collector.add(exchange({ schedule: endless }))).toThrow(
      expect.objectContaining({ code: 'RECORD_INVALID' }) as Error,
    );
    expect(collector.counters()).toEqual(before);
    collector.shed(ticker(5) as SheddableRecord);
    collector.shed(exchange({}));
    expect(() => collector.add(ticker(5))).toThrow('comes after 5');
    collector.add(ticker(6));
    const { gaps, facts } = collector.cut()!;
    expect(facts.map(({ seq }) => seq)).toEqual([4, 6]);
    expect(gaps.map(({ record, shed }) => [record.sid, record.firstSeq, record.lastSeq, shed])).toEqual([
      [3, 5, 5, 1],
      [null, null, null, 1],
    ]);
  });

  test('say how far a subscription has come in the database', async () => {
    const location = await onPostgres.location();
    const store = await createSessionStore(location);
    const session = await recordedIn(store, [ticker(7)]);
    await store.close();
    const engine = await onPostgres.engine(location);
    const stored = await engine.transact(async (run) => storedEnds(run, session), {
      doing: 'The test',
      timeoutMs: 120_000,
    });
    await engine.close();
    expect(stored.ends).toEqual(new Map([['1/3', 7]]));
  });

  test('that are missing among facts are found', async () => {
    await using store = await createSessionStore(await onPostgres.location());
    const session = await recordedIn(store, [
      ticker(1),
      gap({ sid: 3, firstSeq: 2, lastSeq: 3 }),
      ticker(4),
      ticker(6),
    ]);
    const { ok, laws } = await store.verify(session);
    expect(ok).toBe(false);
    expect(laws.find(({ law }) => law === 'no unnamed hole')?.problems).toMatchObject([{ firstSeq: 5, lastSeq: 5 }]);
  });
});

test('a batch that an earlier version has spooled has no facts, and is read', () => {
  const [batch] = batchesOf([snapshot(1), delta(2)]);
  const { facts: _, ...older } = JSON.parse(batchText(batch!)) as Record<string, unknown>;
  expect(parseBatch(JSON.stringify(older))).toEqual(batch);
});
