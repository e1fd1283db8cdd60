// Partitions while others use the tables, which takes a server with more than one connection.
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { dayMs, dayOf } from '../src/database/day.ts';
import { createSessionStore } from '../src/index.ts';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import { Partitions } from '../src/partitions/partitions.ts';
import { closeOrphans } from '../src/ownership/close-orphans.ts';
import { reclaimSession } from '../src/ownership/reclaim-session.ts';
import { partitionedTables, weekOf } from '../src/partitions/create-partitions.ts';
import { delta, snapshot, trade } from './contract.ts';
import { newDatabase } from './databases.ts';

const closed = { status: 'closed', reason: 'test', timeoutMs: 120_000 } as const;
const oldDay = dayOf(Date.now()) - 40;

/** Holds what a long query over everything holds, while `work` is done. */
async function whileSomebodyReads(url: string, work: () => Promise<void>): Promise<void> {
  const reader = postgres(url, { max: 1 });
  try {
    await reader.begin(async (transaction) => {
      await transaction`select count(*) from deltas`;
      await work();
    });
  } finally {
    await reader.end({ timeout: 1 });
  }
}

test('somebody who reads for long keeps no record from being stored', async () => {
  const url = await newDatabase();
  await using store = await createSessionStore({ url, compaction: false });
  const session = await store.openSession({ recorder: 'desk-1' });
  await whileSomebodyReads(url, async () => {
    session.append(delta(1, { receivedAtMs: oldDay * dayMs, exchangeAtMs: null }));
    expect(await session.close(closed)).toMatchObject({ deltas: 1 });
  });
  expect(await store.query('select tableoid::regclass::text as partition from delta_chunks')).toEqual([
    { partition: 'delta_chunks_default' },
  ]);
});

test('somebody who reads for long puts off a drop, of which nothing is done', async () => {
  const url = await newDatabase();
  await using store = await createSessionStore({ url });
  const session = await store.openSession({ recorder: 'desk-1' });
  session.append(delta(1, { receivedAtMs: oldDay * dayMs, exchangeAtMs: null }));
  await session.close(closed);
  const engine = new PostgresEngine(url, 15_000, systemRuntime);
  const partitions = new Partitions(engine);
  await whileSomebodyReads(url, async () => {
    await expect(partitions.dropExpired(dayMs)).rejects.toMatchObject({ retryable: true, sqlState: '55P03' });
  });
  expect(await store.query('select count(*) as deltas from deltas')).toEqual([{ deltas: 1 }]);
  expect(await store.query('select * from expirations')).toEqual([]);
  expect((await partitions.dropExpired(dayMs)).length).toBeGreaterThan(0);
  expect(await store.query('select deltas from expirations')).toEqual([{ deltas: 1 }]);
  await engine.close();
});

test('an insert touches the partition of its day and no other', async () => {
  const url = await newDatabase();
  await using store = await createSessionStore({ url });
  const session = await store.openSession({ recorder: 'desk-1' });
  for (const day of [oldDay, oldDay + 7, oldDay + 14]) {
    session.append(delta(day, { receivedAtMs: day * dayMs, exchangeAtMs: null }));
    await session.flush();
  }
  const sql = postgres(url, { max: 1 });
  const locked = await sql.begin(async (transaction) => {
    await transaction`
      insert into delta_chunks
      select session_id, epoch, sid, first_seq + 1000000, last_seq, records, received_at, skipped, market_ids, yes, prices,
        deltas, received_offsets, delays
      from only ${transaction(`delta_chunks_${new Date(weekOf(oldDay).fromMs).toISOString().slice(0, 10).replaceAll('-', '')}`)}`;
    return transaction`
      select relation::regclass::text as relation from pg_locks
      where pid = pg_backend_pid() and mode = 'RowExclusiveLock' and relation::regclass::text like 'delta_chunks%'
        and relation in (select oid from pg_class where relkind in ('r', 'p'))
      order by 1`;
  });
  expect(locked.map(({ relation }) => relation as string)).toEqual([
    'delta_chunks',
    expect.stringMatching(/^delta_chunks_2/),
  ]);
  await sql.end({ timeout: 1 });
});

test('what is asked of a session, and to end one, touches no partition of another time', async () => {
  const url = await newDatabase();
  // It would wait for the locked ones, too.
  await using store = await createSessionStore({ url, compaction: false });
  const now = { receivedAtMs: Date.now(), exchangeAtMs: null };
  const oldMs = Date.now() - 500 * dayMs;
  const session = await store.openSession({ recorder: 'desk-1' });
  for (const record of [snapshot(1, now), delta(2, now), trade(3, now)]) session.append(record);
  await session.flush();
  const before = await store.openSession({ recorder: 'desk-2' });
  before.append(delta(1, { receivedAtMs: oldMs, exchangeAtMs: null }));
  await before.close(closed);
  const name = new Date(weekOf(dayOf(oldMs)).fromMs).toISOString().slice(0, 10).replaceAll('-', '');
  const sql = postgres(url, { max: 1 });
  const engine = new PostgresEngine(url, 60_000, systemRuntime);
  await sql.begin(async (transaction) => {
    for (const table of partitionedTables)
      await transaction.unsafe(`lock table ${table}_${name} in access exclusive mode`);
    expect(await store.verify(session.id)).toMatchObject({ ok: true });
    const kinds = [];
    for await (const { kind } of store.replay(session.id)) kinds.push(kind);
    expect(kinds).toEqual(['snapshot', 'delta', 'trade']);
    const { market } = snapshot(1) as { market: string };
    expect(await store.bookAt(market, Date.now())).toMatchObject({ synced: true, lastSeq: 2 });
    const ended = await engine.transact(
      async (run) => reclaimSession(run, session.id, { reason: 'test', recount: true }),
      { doing: 'Ending it' },
    );
    expect(ended).toMatchObject({ status: 'reclaimed', end_reason: 'test', messages: 3 });
  });
  await expect(session.close(closed)).rejects.toMatchObject({ code: 'SESSION_FENCED' });
  await engine.close();
  await sql.end({ timeout: 1 });
});

test('a session whose days nobody wrote down is read whole, and ended although it cannot be counted', async () => {
  const url = await newDatabase();
  await using store = await createSessionStore({ url });
  const session = await store.openSession({ recorder: 'desk-1' });
  for (const [index, weeks] of [60, 30, 0].entries()) {
    const receivedAtMs = Date.now() - weeks * 7 * dayMs;
    session.append(snapshot(2 * index + 1, { receivedAtMs }));
    session.append(delta(2 * index + 2, { receivedAtMs, exchangeAtMs: null }));
  }
  await session.flush();
  const sql = postgres(url, { max: 1 });
  await sql`update sessions set first_day = '-infinity'`;
  expect(await store.verify(session.id)).toMatchObject({ ok: true });
  await session.close(closed);
  const orphan = await store.openSession({ recorder: 'desk-1' });
  await sql`alter table trade_chunks rename to away`;
  await sql`update sessions set owner = 'gone', lease_until = now() - interval '1 hour' where id = ${orphan.id}`;
  const engine = new PostgresEngine(url, 60_000, systemRuntime);
  expect(await closeOrphans(engine, -1e6, () => [])).toEqual([orphan.id]);
  expect((await store.sessions({ limit: 1 }))[0]).toMatchObject({
    status: 'reclaimed',
    endReason: expect.stringContaining('; counters: not counted anew, which failed or took too long') as string,
  });
  await expect(orphan.close(closed)).rejects.toMatchObject({ code: 'SESSION_FENCED' });
  await engine.close();
  await sql.end({ timeout: 1 });
});
