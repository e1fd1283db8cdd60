// Ledgers from before a hole could be one market's: in a database, and in a spool.
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { expect, test } from 'vitest';
import { joinBatches } from '../src/batch/join-batches.ts';
import { encodeBatch } from '../src/batch/writing/encode-batch.ts';
import { MarketIds } from '../src/batch/writing/market-ids.ts';
import { writeBatch } from '../src/batch/writing/write-batch.ts';
import { dayMs } from '../src/database/day.ts';
import type { Run } from '../src/database/engines/engine.ts';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { createSessionStore, migrateSchema } from '../src/index.ts';
import { dropExpired } from '../src/partitions/retention.ts';
import { systemRuntime } from '../src/runtime.ts';
import { batchText, parseBatch } from '../src/spool/batch-text.ts';
import { atMs, batchesOf, gap, openBelow, snapshot } from './contract.ts';
import { newDatabase } from './databases.ts';
import { collect } from './reading-properties.ts';

const id = '00000000-0000-4000-8000-000000000001';
const hole = gap({ firstSeq: 3, lastSeq: 4, fromAtMs: atMs + 3, toAtMs: atMs + 4, cause: 'lost' });

async function makeOlderDatabase(run: Run): Promise<void> {
  const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));
  const older = readMigrationFiles({ migrationsFolder }).filter(({ folderMillis }) => folderMillis < 1795470000000);
  await run(sql`create table session_store_migrations (
    version bigint primary key, hash text not null, applied_at timestamptz not null default now())`);
  for (const { folderMillis, hash, sql: statements } of older) {
    for (const statement of statements) await run(sql.raw(statement));
    await run(sql`insert into session_store_migrations values (${folderMillis}::bigint, ${hash})`);
  }
  const at = (offsetMs: number) => `timestamptz 'epoch' + ${atMs + offsetMs} * interval '1 millisecond'`;
  for (const statement of [
    `insert into recorders (name, created_at, messages, snapshots, gaps) values ('r', now(), 2, 2, 1)`,
    `insert into markets (ticker) values ('RAIN'), ('SNOW')`,
    `insert into sessions (id, recorder, status, started_at, ended_at, end_reason, last_record_at, messages, snapshots, gaps)
      values ('${id}', 'r', 'closed', ${at(0)}, ${at(9)}, 'x', ${at(2)}, 2, 2, 1)`,
    `insert into snapshot_records values ('${id}', 1, 1, 1, 1, ${at(1)}, '{1}', '{2}', '{}', '{}')`,
    `insert into snapshot_records values ('${id}', 1, 1, 2, 2, ${at(2)}, '{1}', '{2}', '{}', '{}')`,
    `insert into gap_records values ('${id}', 0, 1, 1, 3, 4, ${at(3)}, ${at(4)}, 'lost')`,
  ])
    await run(sql.raw(statement));
}

test('a hole of an older database is of every market', async () => {
  const url = await newDatabase('empty');
  const engine = new PostgresEngine(url, 15_000, systemRuntime);
  await engine.transact(makeOlderDatabase, { doing: 'The test', timeoutMs: 120_000 });
  await engine.close();
  await migrateSchema({ url });
  await using store = await createSessionStore({ url });
  expect(await collect(store.replay(id))).toMatchObject([{ seq: 1 }, { seq: 2 }, hole]);
  expect(await store.query('select cause, shed, market from gaps')).toEqual([{ cause: 'lost', shed: 0, market: null }]);
  for (const market of ['RAIN', 'SNOW']) {
    const { why, synced } = await store.bookAt(market, atMs + 5);
    expect([why, synced]).toEqual(['gap', false]);
    const [interval] = await store.coverage(market, atMs + 5, atMs + 6);
    expect(interval).toMatchObject({ covered: false, cause: 'lost' });
  }
  expect(await store.verify(id)).toMatchObject({ ok: true });
});

test('a spool keeps whose a hole is, and one of an older version is of every market', async () => {
  const url = await newDatabase();
  const engine = new PostgresEngine(url, 15_000, systemRuntime);
  const ofOne = { ...hole, market: 'SNOW' };
  const batches = batchesOf([snapshot(1), hole], [ofOne]).map((batch) => parseBatch(batchText(batch)));
  // As an older version spooled it: its records know nothing of markets.
  expect(batchText(batches[0]!)).toContain('"toAtMs":1785901540004,"cause":"lost"}');
  const batch = joinBatches(batches);
  await openBelow(engine, { id, recorder: 'r' });
  const marketIds = await new MarketIds(engine).of(batch.markets);
  const write = async (run: Run) => writeBatch(run, { id, recorder: 'r' }, encodeBatch(id, batch, marketIds), 60_000);
  await engine.transact(write, { doing: 'The test', timeoutMs: 120_000 });
  await engine.close();
  await using store = await createSessionStore({ url });
  const gaps = (await collect(store.replay(id))).filter(({ kind }) => kind === 'gap');
  expect(gaps).toEqual([hole, ofOne]);
});

test('when retention takes the snapshot that ended an open hole of a market, the end is written down', async () => {
  const url = await newDatabase();
  // Noon, so that all of it is of one day.
  const firstMs = (Math.floor(Date.now() / dayMs) - 20) * dayMs + dayMs / 2;
  await using store = await createSessionStore({ url });
  const session = await store.openSession({ recorder: 'r' });
  const open = { firstSeq: 3, lastSeq: null, fromAtMs: firstMs, toAtMs: null };
  for (const record of [
    gap({ ...open, market: 'SNOW' }),
    gap(open),
    snapshot(1, { epoch: 2, market: 'RAIN', receivedAtMs: firstMs + 1 }),
    snapshot(2, { epoch: 2, market: 'SNOW', receivedAtMs: firstMs + 2 }),
  ])
    session.append(record);
  await session.close({ status: 'closed', reason: 'test' });
  const engine = new PostgresEngine(url, 15_000, systemRuntime);
  const drop = async () =>
    engine.transact(async (run) => dropExpired(run, 7 * dayMs), { doing: 'The test', timeoutMs: 120_000 });
  while ((await drop()) !== null);
  await engine.close();
  expect(await store.query('select * from snapshot_records')).toEqual([]);
  const rows = await store.query('select to_at from gap_records order by ordinal');
  expect(rows).toEqual([{ to_at: new Date(firstMs + 2) }, { to_at: new Date(firstMs + 1) }]);
});
