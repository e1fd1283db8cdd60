// Owners that lose their session: taken from them, stopped, killed. In processes of their own, on a real server.
import { startPostgres, type TestPostgres } from '@trader/testkit';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSessionStore, type SessionStore, type SessionStoreTuning, type StoreStatus } from '../src/index.ts';
import { startChildOwner, type ChildOwner } from './child-owner.ts';
import { delta } from './contract.ts';

const patience = { timeout: 30_000 };
const lease = { durationMs: 2000, sweepEveryMs: 50 };

let server: TestPostgres;
let url: string;
let sql: postgres.Sql;
let child: ChildOwner | undefined;
let store: SessionStore;

beforeAll(async () => void (server = await startPostgres()));
afterAll(async () => server?.stop());
beforeEach(async () => {
  url = await server.createDatabase();
  sql = postgres(url, { max: 3, onnotice: () => undefined });
});
afterEach(async () => {
  await child?.kill();
  child = undefined;
  await store.close().catch(() => undefined);
  await sql.end({ timeout: 1 });
});

const opened = async (options: SessionStoreTuning) => void (store = await createSessionStore({ url, ...options }));

/** Everything of a session that a write could change. */
const everything = async () => [
  await sql`select * from sessions`,
  await sql`select * from recorders`,
  await sql`select count(*), min(seq), max(seq) from deltas`,
];
const statusOf = async (id: string) =>
  (await sql`select status from sessions where id = ${id}`)[0]!['status'] as string;
const reclaimed = async (id: string) => expect.poll(async () => statusOf(id), patience).toBe('reclaimed');
const stored = async () => Number((await sql`select coalesce(max(seq), 0) as last from deltas`)[0]!['last']);

/** What a reclaimed session has to look like: no hole, no duplicate, and counters and end as stored. */
const expectTrue = async () => {
  const [found] = await sql`
    select count(*)::int as stored, count(distinct seq)::int as numbers, max(seq)::int as last, max(received_at) as last_at
    from deltas`;
  expect(found!['stored']).toBeGreaterThan(0);
  expect(found).toMatchObject({ numbers: found!['stored'] as number, last: found!['stored'] as number });
  const counted = { deltas: String(found!['stored']), messages: String(found!['stored']) };
  expect(await sql`select * from sessions`).toMatchObject([
    { ...counted, status: 'reclaimed', ended_at: found!['last_at'] },
  ]);
  expect(await sql`select * from recorders`).toMatchObject([counted]);
};

describe('an owner whose session is taken', () => {
  test('hears of it without writing, stops, and says how much is not stored', async () => {
    const statuses: StoreStatus[] = [];
    await opened({ lease, batch: { maxAgeMs: 1_000_000 }, onStatus: (status) => statuses.push(status) });
    const session = await store.openSession({ recorder: 'taken' });
    session.append(delta(1));
    session.append(delta(2));
    await sql`
      update sessions set status = 'reclaimed', ended_at = now(), end_reason = 'owner gone', lease_until = null`;
    const fenced = { code: 'SESSION_FENCED', retryable: false, unwrittenRecords: 2 };
    await expect
      .poll(() => statuses, patience)
      .toMatchObject([{ state: 'failing', error: { code: 'SESSION_FENCED' } }]);
    expect(() => session.append(delta(3))).toThrow(expect.objectContaining(fenced));
    await expect(session.flush()).rejects.toMatchObject(fenced);
    await expect(session.drained()).rejects.toMatchObject(fenced);
    await expect(session.close({ status: 'closed', reason: 'test' })).rejects.toMatchObject({ code: 'SESSION_FENCED' });
    expect(await stored()).toBe(0);

    const next = await store.openSession({ recorder: 'taken' });
    expect((await store.sessions({ limit: 1 }))[0]).toMatchObject({ id: next.id, continues: session.id });
    next.append(delta(1));
    await next.flush();
    expect(statuses.at(-1)).toEqual({ state: 'writing' });
  });
});

describe('an owner that is stopped for longer than its lease', { timeout: 60_000 }, () => {
  test('writes nothing once it goes on, and says why', async () => {
    await opened({ lease });
    child = await startChildOwner({ url, lease });
    await expect.poll(stored, patience).toBeGreaterThan(100);
    child.signal('SIGSTOP');
    await reclaimed(child.session);
    const before = await everything();
    child.signal('SIGCONT');
    expect(await child.nextLine()).toMatchObject({ over: 'SESSION_FENCED' });
    expect(await everything()).toEqual(before);
    await expectTrue();
  });

  test('in the middle of a write does not keep its session from being closed', async () => {
    await opened({ lease });
    child = await startChildOwner({ url, lease });
    await expect.poll(stored, patience).toBeGreaterThan(0);
    await sql.begin(async (hold) => {
      await hold`select 1 from recorders for no key update`;
      await expect.poll(async () => sql`select 1 from pg_locks where not granted`, patience).toHaveLength(1);
      child!.signal('SIGSTOP');
    });
    // Its transaction now waits for a process that does not run, and holds the session's row.
    const idle = async () => sql`
      select 1 from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`;
    await expect.poll(idle, patience).toHaveLength(1);
    await reclaimed(child.session);
    const before = await everything();
    child.signal('SIGCONT');
    expect(await child.nextLine()).toMatchObject({ over: 'SESSION_FENCED' });
    expect(await everything()).toEqual(before);
    await expectTrue();
  });
});

describe('an owner that is killed', { timeout: 60_000 }, () => {
  test('has its session closed by another process within 30 s, at default settings', async () => {
    await opened({});
    child = await startChildOwner({ url });
    await expect.poll(stored, patience).toBeGreaterThan(100);
    await child.kill();
    const killedAt = performance.now();
    await reclaimed(child.session);
    const seconds = ((performance.now() - killedAt) / 1000).toFixed(1);
    process.stdout.write(`kill -9 to reclaimed: ${seconds} s at default settings\n`);
    await expectTrue();
  });
});
