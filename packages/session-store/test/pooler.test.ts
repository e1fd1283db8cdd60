// A pooler that gives each transaction another connection.
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { createSessionStore, openReader, type SessionStore, type StoreStatus } from '../src/index.ts';
import { BorrowedEngine } from '../src/database/engines/borrowed-engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import { delta, snapshot, trade } from './contract.ts';
import { newDatabase } from './databases.ts';
import { startPooler } from './pooler.ts';
import { listen } from './listen.ts';

const end = { status: 'closed', reason: 'as planned', timeoutMs: 120_000 } as const;

/** All that a store does: it writes, renews, looks for orphans, compacts and reads, several things at once. */
async function useAll(store: SessionStore): Promise<void> {
  const names = ['one', 'two'];
  const sessions = await Promise.all(names.map(async (recorder) => store.openSession({ recorder })));
  for (let round = 0; round < 2; round++) {
    for (const session of sessions) {
      session.append(snapshot(round * 8 + 1, { market: `M${round}` }));
      for (let seq = 2; seq < 8; seq++) session.append(delta(round * 8 + seq, { market: `M${round}` }));
      session.append(trade(round * 8 + 8, { sid: 1 }));
    }
    await Promise.all(sessions.map(async (session) => session.flush()));
    await Promise.all([store.sessions(), store.query('select count(*) from deltas'), store.compact()]);
  }
  const rows = await Promise.all(sessions.map(async (session) => session.close(end)));
  expect(rows.map(({ deltas, trades }) => [deltas, trades])).toEqual(names.map(() => [12, 2]));
  for (const { id } of sessions)
    expect((await store.verify(id)).laws.filter(({ problems }) => problems.length > 0)).toEqual([]);
}

describe('a transaction pooler', () => {
  test.each(['', '?pgbouncer=true'])('serves a store (%s)', async (parameters) => {
    await using pooler = await startPooler(await newDatabase());
    const statuses: StoreStatus[] = [];
    const store = await createSessionStore({
      url: pooler.url + parameters,
      on: listen({ onStatus: (status) => statuses.push(status) }),
      lease: { durationMs: 400, sweepEveryMs: 50 },
      batch: { maxAgeMs: 1_000_000 },
    });
    await useAll(store);
    await store.close();
    expect(pooler.moves()).toBeGreaterThan(10);
    // No write has failed, not even once.
    expect(statuses).toEqual([]);
  });

  test('serves a store that makes its tables, and a reader', async () => {
    await using pooler = await startPooler(await newDatabase('empty'));
    await (await createSessionStore({ url: pooler.url, schema: 'books' })).close();
    await using reader = await openReader({ url: `${pooler.url}?schema=books` });
    for (let asked = 0; asked < 6; asked++) expect(await reader.sessions()).toEqual([]);
  });

  test('that does not take a parameter of the URL is said so, with what to do', async () => {
    await using pooler = await startPooler(await newDatabase());
    const opening = createSessionStore({ url: `${pooler.url}?search_path=public` });
    await expect(opening).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
    await expect(opening).rejects.toThrow(/unsupported startup parameter: search_path\. A pooler says so/);
  });

  test('serves a borrowed postgres.js that prepares nothing', async () => {
    await using pooler = await startPooler(await newDatabase(), 6);
    const sql = postgres(pooler.url, { max: 6, prepare: false, fetch_types: false, onnotice: () => undefined });
    const store = await createSessionStore({ sql, batch: { maxAgeMs: 1_000_000 } });
    await useAll(store);
    expect(await store.sessions({ status: 'closed' })).toHaveLength(2);
    await store.close();
    await sql.end({ timeout: 1 });
  });

  test('is told to one who lends a postgres.js that prepares', async () => {
    await using pooler = await startPooler(await newDatabase(), 6);
    const sql = postgres(pooler.url, { max: 4, fetch_types: false, onnotice: () => undefined });
    const asking = (async () => {
      const engine = await BorrowedEngine.open(sql, 2000, systemRuntime);
      const one = { text: 'select 1', parameters: [] };
      for (let asked = 0; asked < 6; asked++) await engine.transact(async (run) => run(one), { doing: 'Asking' });
    })();
    await expect(asking).rejects.toThrow(/lend an instance with `prepare: false`/);
    await sql.end({ timeout: 0 });
  });
});

describe('a statement that a connection has forgotten', () => {
  test('is prepared anew, by the one who deallocated it, too', async () => {
    await using store = await createSessionStore({ url: await newDatabase() });
    for (let asked = 0; asked < 3; asked++) {
      await store.sessions();
      await store.query('deallocate all').catch(() => undefined);
      expect(await store.sessions()).toEqual([]);
    }
  });

  test('of whose tables the columns have changed is prepared anew', async () => {
    const url = await newDatabase();
    await using store = await createSessionStore({ url });
    const sql = postgres(url, { max: 1, onnotice: () => undefined });
    for (let column = 1; column <= 3; column++) {
      for (let asked = 0; asked < 4; asked++) await store.query('select * from recorders');
      await sql.unsafe(`alter table recorders add column added_${column} integer`);
      expect(await store.query('select * from recorders')).toEqual([]);
    }
    await sql.end({ timeout: 1 });
  });

  test('that a caller names and nobody prepared is refused, and nothing else changes', async () => {
    await using store = await createSessionStore({ url: await newDatabase() });
    await expect(store.query('execute never_prepared')).rejects.toMatchObject({ sqlState: '26000', retryable: false });
    await store.query('select 1 as one');
    await store.query('select 1 as one');
    const [row] = await store.query(`select count(*)::int as prepared from pg_prepared_statements`);
    expect(row?.['prepared']).toBeGreaterThan(0);
  });
});
