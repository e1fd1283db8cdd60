// A process that did not run for longer than its lease, as when it is stopped or its machine sleeps. When it goes on, it may take
// records before it hears whether its session is still its own.
import { join } from 'node:path';
import postgres from 'postgres';
import { temporaryFolder, type TemporaryFolder } from '@trader/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSessionStore, type RecordingSession, type SessionStore } from '../src/index.ts';
import { systemRuntime, type Runtime } from '../src/runtime.ts';
import { delta } from './contract.ts';
import { newDatabase } from './databases.ts';
import { Door } from './door.ts';

const LEASE_MS = 1_000;

/** Its timers do not fire while it is stopped. */
class StoppableRuntime implements Runtime {
  readonly nowMs = () => systemRuntime.nowMs();
  readonly monotonicMs = () => systemRuntime.monotonicMs();
  readonly random = () => systemRuntime.random();
  #going: PromiseWithResolvers<void> | null = null;

  stop(): void {
    this.#going = Promise.withResolvers();
  }

  goOn(): void {
    this.#going?.resolve();
    this.#going = null;
  }

  setTimer(delayMs: number, fire: () => void): () => void {
    let isOff = false;
    const cancel = systemRuntime.setTimer(delayMs, () => {
      const fireUnlessOff = () => isOff || fire();
      if (this.#going) void this.#going.promise.then(fireUnlessOff);
      else fireUnlessOff();
    });
    return () => {
      isOff = true;
      cancel();
    };
  }
}

let folder: TemporaryFolder;
let url: string;
let sql: postgres.Sql;
let runtime: StoppableRuntime;
let door: Door;
let stopped: SessionStore;
let other: SessionStore;
let session: RecordingSession;

const lease = { durationMs: LEASE_MS, sweepEveryMs: 60_000 };
const stored = async () =>
  (await sql`select seq::int as seq from deltas where session_id = ${session.id} order by 1`).map((row) => row['seq']);
const numbers = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
const append = (from: number, to: number) => {
  for (let seq = from; seq <= to; seq++) session.append(delta(seq, { receivedAtMs: Date.now() }));
};
/** The stopped one's lease has run out, as the database sees it. */
const ranOut = async () => {
  const left = async () =>
    Number(
      (
        await sql`select extract(epoch from greatest(lease_until, pg_postmaster_start_time() + interval '1 s') - clock_timestamp())
      as left from sessions where id = ${session.id}`
      )[0]!['left'],
    );
  await expect.poll(left).toBeLessThan(0);
};

describe.each(['with a spool', 'without one'])('a session %s', (which) => {
  const spool = () => (which === 'with a spool' ? { dir: join(folder.path, 'stopped'), durableWithinMs: 10 } : false);

  beforeEach(async () => {
    folder = temporaryFolder('fenced-late-');
    url = await newDatabase();
    sql = postgres(url, { max: 2, onnotice: () => undefined });
    door = await Door.to(url);
    await door.open();
    runtime = new StoppableRuntime();
    stopped = await createSessionStore({ url: door.url, runtime, lease, spool: spool(), batch: { maxAgeMs: 10 } });
    other = await createSessionStore({ url, lease });
    session = await stopped.openSession({ recorder: 'desk' });
    append(1, 10);
    await session.flush();
    runtime.stop();
  });
  afterEach(async () => {
    runtime.goOn();
    await door.shut();
    await door.open();
    await Promise.allSettled([stopped.close(), other.close()]);
    await door.shut();
    await sql.end({ timeout: 1 });
    folder.remove();
  });

  test('that somebody has taken gets nothing of what came after that, and its owner hears how much it was', async () => {
    await ranOut();
    const next = await other.openSession({ recorder: 'desk' });
    append(11, 30);
    const durable = session.durable().then(
      () => 'durable',
      (error: { code: string }) => error.code,
    );
    runtime.goOn();
    const { error } = await session.ended;
    expect(error).toMatchObject({ code: 'SESSION_FENCED', unwrittenRecords: 20 });
    await expect(session.close({ status: 'closed', reason: 'test' })).rejects.toMatchObject({ code: 'SESSION_FENCED' });
    // Whatever its spool has is brought in by then.
    await expect.poll(() => stopped.backlog().spooledRecords ?? 0).toBe(0);
    await expect.poll(async () => (await sql`select 1 from sessions where lease_until is not null`).length).toBe(1);
    expect(await stored()).toEqual(numbers(10));
    const [row] = await other.sessions({ status: 'reclaimed' });
    expect(row).toMatchObject({ id: session.id, deltas: 10, messages: 10 });
    const [begun] = await other.sessions({ status: 'active' });
    expect(begun).toMatchObject({ id: next.id, continues: session.id });
    expect(row!.endedAtMs).toBeLessThanOrEqual(begun!.startedAtMs);
    expect((await other.verify(session.id)).ok).toBe(true);
    expect(error!.message).toContain('20 records that came after its lease had run out are not stored');
    expect(await durable).toBe('SESSION_FENCED');
  });

  test('that nobody has taken gets all of it, in order', async () => {
    await ranOut();
    append(11, 30);
    runtime.goOn();
    await session.durable();
    append(31, 40);
    expect(await session.close({ status: 'closed', reason: 'test' })).toMatchObject({ deltas: 40 });
    expect(await stored()).toEqual(numbers(40));
  });

  test('that is closed before it has heard is closed when it has', async () => {
    await ranOut();
    append(11, 30);
    const closing = session.close({ status: 'closed', reason: 'test' });
    runtime.goOn();
    expect(await closing).toMatchObject({ status: 'closed', deltas: 30 });
  });

  test('whose database is away goes on: nobody can tell', async () => {
    await ranOut();
    await door.shut();
    append(11, 30);
    runtime.goOn();
    if (which === 'with a spool') await session.durable();
    await door.open();
    await session.flush();
    expect(await stored()).toEqual(numbers(30));
  });
});
