// A store on another engine and another log than its own, as a simulation gives them.
import { expect, test } from 'vitest';
import { SessionStoreError, type RecordingSession, type SessionStoreTuning } from '../src/index.ts';
import type { Engine } from '../src/database/engines/engine.ts';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import { openStore } from '../src/store.ts';
import { delta } from './contract.ts';
import { newDatabase } from './databases.ts';
import { MemorySpool } from './memory-spool.ts';

const end = { status: 'closed', reason: 'as planned' } as const;

/** A server's engine that writes nothing while it is away. */
class AwayEngine extends PostgresEngine {
  isAway = false;

  override async transact<T>(...[work, options]: Parameters<Engine['transact']>): Promise<T> {
    if (this.isAway) throw new SessionStoreError('DATABASE_UNREACHABLE', 'It is away.', { retryable: true });
    return super.transact(work, options) as Promise<T>;
  }
}

/** Opens stores on one database and one log. */
async function setUp() {
  const url = await newDatabase();
  const spool = new MemorySpool();
  const engines: AwayEngine[] = [];
  const parts = {
    engine: async () => {
      const engine = new AwayEngine(url, 15_000, systemRuntime);
      engines.push(engine);
      return engine;
    },
    spool: async () => spool,
  };
  const open = async (over: SessionStoreTuning = {}) =>
    openStore({ url, spool: { dir: 'in memory' }, batch: { maxAgeMs: 10 }, ...over }, parts);
  return { spool, open, goAway: () => void (engines.at(-1)!.isAway = true) };
}

const append = (session: RecordingSession, from: number, to: number) => {
  for (let seq = from; seq <= to; seq++) session.append(delta(seq));
};

const emptied = async (spool: MemorySpool) => expect.poll(() => spool.sessions(), { timeout: 30_000 }).toEqual([]);

test('what the log has is brought in by the next store on it, with the end that the session was to have', async () => {
  const { spool, open, goAway } = await setUp();
  const store = await open();
  const session = await store.openSession({ recorder: 'desk' });
  append(session, 1, 200);
  await session.flush();
  expect(spool.depth().records).toBe(0);
  goAway();
  append(session, 201, 500);
  await session.durable();
  append(session, 501, 600);
  await expect(session.close({ ...end, timeoutMs: 50 })).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT' });
  expect(spool.depth().records).toBe(400);
  await store.close();

  await using next = await open();
  await emptied(spool);
  expect(await next.sessions()).toMatchObject([
    { id: session.id, status: 'closed', endReason: end.reason, deltas: 600 },
  ]);
  expect(await next.query('select count(*) as n from gaps')).toEqual([{ n: 0 }]);
});

test.each([
  { lost: 'in its midst', batches: [2, 3], rows: [{ first_seq: 101, last_seq: 300 }], deltas: 300 },
  { lost: 'at its end', batches: [5], rows: [], deltas: 400 },
  {
    lost: 'here and there',
    batches: [2, 4],
    rows: [
      { first_seq: 101, last_seq: 200 },
      { first_seq: 301, last_seq: 400 },
    ],
    deltas: 300,
  },
  { lost: 'but for nothing', batches: [1, 2, 3, 4, 5], rows: [], deltas: 0 },
])('what the log has lost $lost is named in the ledger', async ({ batches, rows, deltas }) => {
  const { spool, open, goAway } = await setUp();
  const store = await open();
  const session = await store.openSession({ recorder: 'desk' });
  goAway();
  for (let from = 1; from <= 401; from += 100) {
    append(session, from, from + 99);
    await session.durable();
  }
  await expect(session.close({ ...end, timeoutMs: 50 })).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT' });
  await store.close();
  spool.lose(session.id, ({ batch }) => batches.includes(batch));

  await using next = await open();
  await emptied(spool);
  expect(await next.sessions()).toMatchObject([{ status: 'closed', deltas }]);
  const named = await next.query(
    "select first_seq, last_seq from gaps where cause = 'spool-damaged' and sid is not null order by ordinal",
  );
  expect(named).toEqual(rows);
  const holes = await next.query("select count(*) as n from gaps where cause = 'spool-damaged' and sid is null");
  expect(holes, 'a row for the time of each').toEqual([{ n: Math.max(1, rows.length) }]);
});

test('a small queue is drained into the log, also where that has all of it at once and the database is away', async () => {
  const { spool, open, goAway } = await setUp();
  await using store = await open({ queue: { highWaterRecords: 100 } });
  const session = await store.openSession({ recorder: 'desk' });
  goAway();
  append(session, 1, 150);
  await session.drained();
  expect(spool.depth().records).toBe(150);
  await expect(session.close({ ...end, timeoutMs: 50 })).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT' });
});
