// Where records lie in time, what is dropped, and what the ledger says of it: a part of the contract.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { ManualRuntime } from '@trader/testkit';
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dayMs, dayOf } from '../src/database/day.ts';
import { createSessionStore, type SessionStore, type StoreRecord } from '../src/index.ts';
import type { Engine, Run } from '../src/database/engines/engine.ts';
import { batchDays } from '../src/batch/batch-days.ts';
import { MarketIds } from '../src/batch/writing/market-ids.ts';
import { migrate } from '../src/migrate.ts';
import { Partitions } from '../src/partitions/partitions.ts';
import {
  createPartitions,
  databaseNowMs,
  listPartitions,
  partitionedTables,
  recordTables,
  weekOf,
} from '../src/partitions/create-partitions.ts';
import { encodeBatch } from '../src/batch/writing/encode-batch.ts';
import { storedCounters } from '../src/ownership/stored-counters.ts';
import { writeBatch } from '../src/batch/writing/write-batch.ts';
import { batchesOf, delta, gap, openBelow, raw, snapshot, ticker, trade, type ContractEngine } from './contract.ts';
import { newBed, type TestBed } from './test-bed.ts';
import { storedRecords } from './stored-records.ts';
import { listen } from './listen.ts';

const closed = { status: 'closed', reason: 'test' } as const;
/** Asked for each test: a run may go on over a midnight. */
let today = 0;
/** Noon, so many days ago. */
const daysAgo = (days: number) => (today - days) * dayMs + dayMs / 2;
/** A retention for which partitions are days. */
const daily = { maxAgeMs: dayMs };
const nameOfDay = (table: string, day: number) =>
  `${table}_${new Date(day * dayMs).toISOString().slice(0, 10).replaceAll('-', '')}`;

/** One record for each of the partitioned tables, received at that time. */
const oneOfEach = (seq: number, receivedAtMs: number): StoreRecord[] => [
  snapshot(seq, { receivedAtMs }),
  delta(seq + 1, { receivedAtMs, exchangeAtMs: null }),
  trade(seq + 2, { receivedAtMs, exchangeAtMs: null }),
  raw({ receivedAtMs }),
  ticker(seq, { receivedAtMs }),
];

export function partitionContract(name: string, given: ContractEngine): void {
  describe(`records in time on ${name}`, () => {
    let bed: TestBed | undefined;
    let store: SessionStore | undefined;
    let engine: Engine | undefined;

    beforeEach(async () => {
      today = dayOf(Date.now());
      bed = await newBed(given);
    });
    afterEach(async () => {
      await store?.close();
      await engine?.close();
      await bed?.done();
      store = engine = bed = undefined;
    });

    const opened = async (options: object = {}) => {
      store = await bed!.store({ batch: { maxAgeMs: 1_000_000_000 }, ...options });
      return { store, session: await store.openSession({ recorder: 'desk-1' }) };
    };

    const below = async () => {
      engine = await bed!.engine();
      const target = engine;
      return { engine, partitions: new Partitions(target, daily), run: inTransaction(target) };
    };

    /** Which partition holds how many rows of the given tables. */
    const rowsByPartition = async (tables: readonly string[] = partitionedTables) => {
      const found: Record<string, number> = {};
      for (const table of tables) {
        const rows = await store!.query(`select tableoid::regclass::text as name, count(*) from ${table} group by 1`);
        for (const row of rows) found[row['name'] as string] = row['count'] as number;
      }
      return found;
    };

    test('lie in the partitions of their week, made when one of its days is first met', async () => {
      const { session } = await opened();
      const mondayMs = weekOf(today - 500).fromMs;
      for (const record of [...oneOfEach(1, mondayMs - 1), ...oneOfEach(11, mondayMs)]) session.append(record);
      await session.close(closed);
      expect(await rowsByPartition()).toEqual(
        Object.fromEntries(
          recordTables.flatMap((table) => [
            [nameOfDay(table, dayOf(mondayMs) - 7), 1],
            [nameOfDay(table, dayOf(mondayMs)), 1],
          ]),
        ),
      );
    });

    test('get a week only where nothing of it lies in partitions of days, or in the default one', async () => {
      const { engine, run } = await below();
      const monday = dayOf(weekOf(today - 700).fromMs);
      const covered = async (days: number[], wide: boolean) => {
        await run(async (run) => createPartitions(run, days, { most: 400, wide }));
        const found = (await run(listPartitions)).filter(({ table }) => table === 'delta_chunks');
        return found.map(({ fromMs, untilMs }) => [dayOf(fromMs) - monday, dayOf(untilMs) - monday]);
      };
      expect(await covered([monday + 2], false)).toEqual([[2, 3]]);
      await writeBelow(engine, oneOfEach(1, (monday + 8) * dayMs));
      const days = Array.from({ length: 22 }, (_, index) => monday + index);
      expect(await covered(days, true)).toEqual([
        ...[0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13].map((day) => [day, day + 1]),
        [14, 21],
        [21, 28],
      ]);
    });

    test('have partitions for the days to come, made once however many make them', async () => {
      const { run } = await below();
      const engines = [engine!, ...(engine!.name === 'postgres' ? [await bed!.engine()] : [])];
      await Promise.all([...engines, ...engines].map(async (engine) => new Partitions(engine, daily).createAhead()));
      await engines[1]?.close();
      const first = dayOf(await run(databaseNowMs));
      const expected = [0, 1, 2, 3].flatMap((ahead) =>
        partitionedTables.map((table) => nameOfDay(table, first + ahead)),
      );
      expect((await run(listPartitions)).map(({ name }) => name)).toEqual(expected);
    });

    test('at odd times get partitions up to a number, and then lie in the default ones', async () => {
      const { engine, run } = await below();
      const create = async (days: number[], most: number) => {
        await run(async (run) => createPartitions(run, days, { most, wide: false }));
        const written = (await run(listPartitions)).filter(({ table }) => table === 'delta_chunks');
        return written.map(({ fromMs }) => dayOf(fromMs));
      };
      expect(await create([10, 20, 30, today], 2)).toEqual([10, 20, today]);
      await writeBelow(engine, oneOfEach(1, 30 * dayMs));
      // What lies in the default partition stays there, and the rest of its day follows it.
      expect(await create([30, 31], 400)).toEqual([10, 20, 31, today]);
      await writeBelow(engine, oneOfEach(11, 30 * dayMs));
      const [stored] = await run(async (run) => run(sql`select count(*) as rows from delta_chunks_default`));
      expect(stored).toEqual({ rows: 2 });
    });

    test('are stored although their partition cannot be made', async () => {
      const { engine: target, run } = await below();
      await run(async (run) =>
        run({ text: `create table ${nameOfDay('delta_chunks', dayOf(weekOf(100).fromMs))} ()`, parameters: [] }),
      );
      await target.close();
      const { session } = await opened();
      session.append(delta(1, { receivedAtMs: 100 * dayMs, exchangeAtMs: null }));
      expect(await session.close(closed)).toMatchObject({ deltas: 1 });
      expect(await rowsByPartition()).toEqual({ delta_chunks_default: 1 });
    });

    test('are dropped by the partition once they are too old, and the ledger says so', async () => {
      const { session } = await opened({ retention: { maxAgeMs: 59 * dayMs } });
      // The last of them older than a week, and the first that is not.
      const days = [30, 8, 7, 0];
      days.forEach((days, index) => {
        for (const record of oneOfEach(10 * index + 1, daysAgo(days))) session.append(record);
      });
      const before = await session.close(closed);
      await store!.close();

      const { partitions, run } = await below();
      const dropped = await partitions.dropExpired(7 * dayMs);
      const expected = [30, 8].flatMap((days) => partitionedTables.map((table) => nameOfDay(table, today - days)));
      expect(dropped).toEqual(expected);
      expect(await partitions.dropExpired(7 * dayMs)).toEqual([]);
      const { last_record_at: _, ...counted } = await run(async (run) => storedCounters(run, session.id));
      expect(before).toMatchObject(counted);
      await engine!.close();

      store = await bed!.store();
      const { deltas, snapshots, trades, raw, facts } = await storedRecords(store, session.id);
      expect([deltas, snapshots, trades, raw, facts].map((records) => records.length)).toEqual([2, 2, 2, 2, 2]);
      expect((await store.sessions())[0]).toEqual(before);
      const ledger = await store.query('select * from gaps where session_id = $1', [session.id]);
      expect(ledger).toMatchObject([
        { cause: 'expired', from_at: new Date(daysAgo(30)), to_at: new Date((today - 7) * dayMs), epoch: null },
      ]);
      // What lies beside it does not have it: it begins with the first record that is gone, and ends before the first that is not.
      const reads = async (fromMs: number, toMs: number) => {
        const kinds = [];
        for await (const record of store!.replay(session.id, { fromMs, toMs })) kinds.push(record.kind);
        return kinds.includes('gap');
      };
      const [lostFromMs, lostToMs] = [daysAgo(30), (today - 7) * dayMs];
      expect([await reads(0, lostFromMs), await reads(0, lostFromMs + 1)]).toEqual([false, true]);
      expect([await reads(lostToMs, Infinity), await reads(lostToMs - 1, Infinity)]).toEqual([false, true]);
      const lost = { snapshots: 2, deltas: 2, trades: 2, raw: 2, facts: 2 };
      expect(await store.query('select * from expirations')).toMatchObject([lost]);
    });

    test('are dropped by the store itself in the background, when it is told to', async () => {
      const runtime = new ManualRuntime();
      const failures: unknown[] = [];
      const onMaintenanceFailure = (failure: unknown) => failures.push(failure);
      const { store, session } = await opened({
        runtime,
        retention: { maxAgeMs: dayMs },
        on: listen({ onMaintenanceFailure }),
        // The test's clock is ahead of the database, which has all the time it wants.
        queryTimeoutMs: dayMs,
        lease: { durationMs: 3_600_000, sweepEveryMs: 3_600_000 },
      });
      for (const record of oneOfEach(1, daysAgo(9))) session.append(record);
      await session.flush();
      const lost = async () => {
        runtime.advance(1000);
        return store.query('select deltas, snapshots, trades, raw, facts from expirations');
      };
      await expect.poll(lost).toEqual([{ deltas: 1, snapshots: 1, trades: 1, raw: 1, facts: 1 }]);
      expect(await rowsByPartition()).toEqual({});
      expect(await session.close(closed)).toMatchObject({ messages: 5 });
      await store.close();
      expect(failures).toEqual([]);
      expect(runtime.armedTimers).toBe(0);
    });

    test('are dropped from the default partitions too, and can be recorded again', async () => {
      const { engine, run, partitions } = await below();
      const id = await writeBelow(engine, oneOfEach(1, daysAgo(40)));
      const defaults = recordTables.map((table) => `${table}_default`);
      expect(await partitions.dropExpired(dayMs)).toEqual(defaults);
      await partitions.cover(batchDays(batchesOf(oneOfEach(11, daysAgo(40)))[0]!));
      await writeBelow(engine, oneOfEach(11, daysAgo(40)), id);
      const dropped = partitionedTables.map((table) => nameOfDay(table, today - 40));
      expect(await partitions.dropExpired(dayMs)).toEqual(dropped);
      const expired = await run(async (run) => run(sql`select * from expirations`));
      expect(expired).toMatchObject([{ session_id: id, snapshots: 2, deltas: 2, trades: 2, raw: 2, facts: 2 }]);
    });

    test('leave the end of a hole behind when the snapshot that ended it is dropped', async () => {
      const { session } = await opened();
      session.append(delta(1, { receivedAtMs: daysAgo(20) }));
      session.append(gap({ fromAtMs: daysAgo(20), lastSeq: null, toAtMs: null, cause: 'connection lost' }));
      session.append(snapshot(1, { epoch: 2, receivedAtMs: daysAgo(20) + 500 }));
      session.append(snapshot(1, { epoch: 3, receivedAtMs: daysAgo(0) }));
      await session.close(closed);
      await store!.close();
      await (await below()).partitions.dropExpired(dayMs);
      await engine!.close();
      store = await bed!.store();
      const [hole] = await store.query(`select to_at from gaps where cause = 'connection lost'`);
      expect(hole).toEqual({ to_at: new Date(daysAgo(20) + 500) });
    });
  });

  describe(`trades on ${name}`, () => {
    let bed: TestBed | undefined;
    let store: SessionStore | undefined;

    afterEach(async () => {
      await store?.close();
      await bed?.done();
    });

    test('are shown as anybody would write them down, with what is not known left open', async () => {
      bed = await newBed(given);
      store = await bed.store();
      const session = await store.openSession({ recorder: 'desk-1' });
      const receivedAtMs = daysAgo(1);
      session.append(trade(7, { receivedAtMs, exchangeAtMs: receivedAtMs - 9 }));
      const unknown = { takerSide: null, isBlockTrade: true, exchangeAtMs: null, tradeId: 'T-1', market: 'SNOW' };
      session.append(trade(null, { receivedAtMs, ...unknown }));
      session.append(trade(8, { epoch: 2, receivedAtMs }));
      session.append(trade(9, { epoch: 2, receivedAtMs, tradeId: 'T-2' }));
      const row = await session.close(closed);
      expect(row).toMatchObject({ messages: 4, trades: 4, deltas: 0 });
      const mixed = await store.query('select trade_id from trades where epoch = 2 order by ordinal');
      expect(mixed).toEqual([{ trade_id: 'f195de40-6a3f-418b-1a7e-9d89fee559c0' }, { trade_id: 'T-2' }]);
      const common = { session_id: session.id, epoch: 1, sid: 2, yes_price: 4400, size: 4602 };
      const received_at = new Date(receivedAtMs);
      expect(await store.query('select * from trades where epoch = 1 order by ordinal')).toEqual([
        {
          ...common,
          seq: 7,
          market: 'RAIN-TOMORROW',
          trade_id: 'f195de40-6a3f-418b-1a7e-9d89fee559c0',
          taker_side: 'yes',
          is_block_trade: null,
          exchange_at: new Date(receivedAtMs - 9),
          received_at,
          ordinal: 0,
        },
        {
          ...common,
          seq: null,
          market: 'SNOW',
          trade_id: 'T-1',
          taker_side: null,
          is_block_trade: true,
          exchange_at: null,
          received_at,
          ordinal: 1,
        },
      ]);
      expect(await store.query('select messages, trades from recorders')).toEqual([{ messages: 4, trades: 4 }]);
    });
  });

  describe(`a full queue on ${name}`, () => {
    test('sheds by name: what is stored and what the ledger names are every number', async () => {
      const bed = await newBed(given);
      const store = await bed.store({
        batch: { maxRecords: 10 },
        queue: { highWaterRecords: 30, lowWaterRecords: 5 },
        whenFull: 'shed',
        // What a spool takes does not count as waiting.
        spool: false,
      });
      const session = await store.openSession({ recorder: 'desk-1' });
      let taken = 0;
      const append = (from: number, to: number) => {
        for (let seq = from; seq <= to; seq++) taken += session.append(delta(seq)) === 'dropped' ? 0 : 1;
      };
      append(1, 100);
      expect(taken).toBe(31);
      // Nothing is taken until there is room, and then everything is again.
      await session.drained();
      append(101, 110);
      expect(taken).toBe(41);
      await session.close(closed);
      expect(session.counters()).toMatchObject({ messages: 41, deltas: 41, shed: 69, gaps: 1 });
      expect((await store.sessions())[0]).toMatchObject(session.counters());
      const numbers = await store.query(`
        select seq from deltas
        union all select generate_series(first_seq, last_seq) from gaps where cause = 'shed'
        order by seq`);
      expect(numbers).toEqual(Array.from({ length: 110 }, (_, index) => ({ seq: index + 1 })));
      expect(await store.query('select first_seq, last_seq, shed from gaps')).toEqual([
        { first_seq: 32, last_seq: 100, shed: 69 },
      ]);
      await store.close();
      await bed.done();
    });
  });

  describe(`a retry on ${name}`, () => {
    test('of trades and of shed ranges adds and counts nothing', async () => {
      const bed = await newBed(given);
      const engine = await bed.engine();
      const owned = await openBelow(engine, { id: randomUUID(), recorder: 'desk-1' });
      const [batch] = batchesOf([trade(1), trade(null), trade(3, { sid: 3 })]) as [Batch];
      const record = { kind: 'gap', epoch: 1, sid: 1, firstSeq: 1, lastSeq: 9, fromAtMs: 1, toAtMs: 2, cause: 'shed' };
      const shedding = { ...batch, gaps: [{ ordinal: 0, record: record as Batch['gaps'][0]['record'], shed: 9 }] };
      const markets = await new MarketIds(engine).of(batch.markets);
      const write = async () =>
        inTransaction(engine)(async (run) => writeBatch(run, owned, encodeBatch(owned.id, shedding, markets), 60_000));
      expect(await write()).toMatchObject({ messages: 3, trades: 3, gaps: 1, shed: 9 });
      expect(await write()).toMatchObject({ messages: 0, trades: 0, gaps: 0, shed: 0 });
      const [row] = await inTransaction(engine)(async (run) => run(sql`select trades, shed from recorders`));
      expect(row).toEqual({ trades: 3, shed: 9 });
      await engine.close();
      await bed.done();
    });
  });

  describe(`a database of the first version on ${name}`, () => {
    test('keeps what it holds when its tables become partitioned', async () => {
      const location = await given.location('empty');
      const engine = await given.engine(location);
      const run = inTransaction(engine);
      const id = '00000000-0000-4000-8000-000000000009';
      const at = `timestamptz '2026-03-01T23:59:59.5Z'`;
      await run(async (run) => {
        await run(sql`create table session_store_migrations (
          version bigint primary key, hash text not null, applied_at timestamptz not null default now())`);
        for (const { folderMillis, hash, sql: statements } of firstMigrations()) {
          for (const statement of statements) await run(sql.raw(statement));
          await run(sql`insert into session_store_migrations values (${folderMillis}::bigint, ${hash})`);
        }
        for (const statement of [
          `insert into recorders values ('r', now(), 3, 1, 1, 1, 1)`,
          `insert into markets (ticker) values ('RAIN')`,
          `insert into sessions (id, recorder, status, started_at, ended_at, end_reason, messages, deltas)
            values ('${id}', 'r', 'closed', now(), now(), 'x', 3, 1)`,
          `insert into delta_chunks values
            ('${id}', 1, 1, 5, 5, 1, ${at}, '{0}', '{1}', '{t}', '{42}', '{7}', '{0}', '{12}')`,
          `insert into snapshot_records values ('${id}', 1, 1, 4, 1, ${at}, '{1}', '{2}', '{}', '{}')`,
          `insert into raw_frames values ('${id}', 0, 1, null, null, ${at} + interval '1 second', 'text', false)`,
          `insert into gap_records values ('${id}', 0, 1, 1, 6, 7, ${at}, ${at}, 'lost')`,
        ])
          await run(sql.raw(statement));
      });
      await migrate(engine, 15_000);
      const partitions = (await run(listPartitions)).map(({ name }) => name);
      expect(partitions).toEqual(['delta_chunks_20260301', 'snapshot_records_20260301', 'raw_frames_20260302']);
      await engine.close();
      await using store = await createSessionStore(location);
      const { deltas, snapshots, raw, gaps } = await storedRecords(store, id);
      expect(deltas).toMatchObject([{ seq: 5, market: 'RAIN', price: 42, delta: 7 }]);
      expect(snapshots).toMatchObject([{ seq: 4, yes: [[1, 2]], no: [] }]);
      expect(raw).toMatchObject([{ text: 'text' }]);
      expect(gaps).toMatchObject([{ firstSeq: 6, cause: 'lost' }]);
      expect(await store.sessions()).toMatchObject([{ messages: 3, deltas: 1, trades: 0, shed: 0 }]);
    });
  });
}

type Batch = ReturnType<typeof batchesOf>[number];

/** What a busy machine takes for hundreds of partitions is not what is tested. */
const inTransaction =
  (engine: Engine) =>
  async <T>(work: (run: Run) => Promise<T>): Promise<T> =>
    engine.transact(work, { doing: 'The test', timeoutMs: 120_000 });

/** Writes records of a session as they are, whether there are partitions for them or not. */
async function writeBelow(
  engine: Engine,
  records: readonly StoreRecord[],
  id = randomUUID() as string,
): Promise<string> {
  const [batch] = batchesOf(records) as [Batch];
  const markets = await new MarketIds(engine).of(batch.markets);
  await inTransaction(engine)(async (run) =>
    writeBatch(run, { id, recorder: 'nobody' }, encodeBatch(id, batch, markets), 60_000),
  );
  return id;
}

const firstMigrations = () => {
  const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));
  return readMigrationFiles({ migrationsFolder }).slice(0, 2);
};
