// The spool between a session and the database: what is appended while that is away, what a dead process leaves behind, and what
// becomes of records that no database takes any more.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { seededRandom, temporaryFolder } from '@trader/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createSessionStore,
  type RecordingSession,
  type SessionStore,
  type SessionStoreTuning,
  type SpoolRecovery,
  type StoreStatus,
  type StoreRecord,
} from '../src/index.ts';
import { appendNext, deltaOrSnapshot, type Progress } from './crash-records.ts';
import { delta } from './contract.ts';
import { newDatabase, sharedServer } from './databases.ts';
import { DeadlineRuntime } from './deadline-runtime.ts';
import { startFaultyProxy, type FaultyProxy } from './faulty-proxy.ts';
import { finishRecovery } from './finish-recovery.ts';
import { judge, lawful } from './laws.ts';
import { listen } from './listen.ts';

const end = { status: 'health_failure', reason: 'feed silent', timeoutMs: 120_000 } as const;
const lease = { durationMs: 2000, renewalsPerLease: 3, sweepEveryMs: 100 };

let url: string;
let proxy: FaultyProxy;
let runtime: DeadlineRuntime;
let dir: string;
const folder = temporaryFolder('session-store-spool-');
let folders = 0;
const stores = new Set<SessionStore>();
let recoveries: SpoolRecovery[] = [];
let statuses: StoreStatus[] = [];

afterAll(() => folder.remove());
beforeEach(async () => {
  url = await newDatabase();
  proxy = await startFaultyProxy(url);
  runtime = new DeadlineRuntime();
  dir = join(folder.path, String(++folders));
  recoveries = [];
  statuses = [];
});
afterEach(async () => {
  await Promise.allSettled([...stores].map(async (store) => store.close()));
  stores.clear();
  await proxy[Symbol.asyncDispose]();
});

const open = async (over: SessionStoreTuning = {}) => {
  const store = await createSessionStore({
    url: proxy.url,
    lease,
    runtime,
    queryTimeoutMs: runtime.queryTimeoutMs,
    batch: { maxRecords: 100, maxAgeMs: 10 },
    on: listen({ onRecovery: (recovery) => recoveries.push(recovery), onStatus: (status) => statuses.push(status) }),
    ...over,
    spool: { dir, durableWithinMs: 10, ...over.spool },
  });
  stores.add(store);
  return store;
};

const recording = async (over: SessionStoreTuning = {}) => {
  const store = await open(over);
  const session = await store.openSession({ recorder: 'desk' });
  const progress: Progress = { session: session.id, deltas: 0, trades: 0, raw: 0 };
  const random = seededRandom(3);
  const append = (count: number) => appendNext(session, progress, count, random);
  return { store, session, progress, append, promised: new Map([[session.id, progress]]) };
};

/** A copy of the spool as it is now: what a process that died at this instant would have left. */
const spoolNow = () => {
  const copy = join(folder.path, `copy-${++folders}`);
  cpSync(dir, copy, { recursive: true });
  return copy;
};

const statement = async (text: string) => sharedServer().execute(url, text);

const databaseIsAway = () => void (proxy.mode = 'swallow');
/** What it was asked meanwhile it never answers. */
const databaseIsBack = () => {
  proxy.mode = 'pass';
  runtime.expire();
};

const fullText = 'x'.repeat(1_000_000);
/** Appends a frame at a time until the spool refuses one. @returns how many there are */
const fillSpool = async (session: RecordingSession) => {
  for (let appended = 1; ; appended++) {
    session.append({ kind: 'raw', epoch: 1, sid: 1, seq: appended, receivedAtMs: 1, text: fullText });
    const refusal = await session.durable().then(
      () => null,
      (error: unknown) => error,
    );
    if (refusal === null) continue;
    expect(refusal).toMatchObject({ code: 'SPOOL_FULL', retryable: true });
    return appended;
  }
};

describe('with the database away', () => {
  test('records are durable all the same, and are written in order once it is back', async () => {
    const batch = { maxRecords: 500, maxAgeMs: 10 };
    const { store, session, append, promised } = await recording({ batch, spool: { memoryBytes: 20_000 } });
    append(300);
    await session.flush();
    databaseIsAway();
    append(8000);
    await session.durable();
    const state = () => {
      runtime.expire();
      return statuses.at(-1)?.state;
    };
    await expect.poll(state).toBe('failing');
    databaseIsBack();
    expect(await session.close(end)).toMatchObject({ status: 'health_failure', messages: 8300 });
    await store.close();
    expect(statuses.map(({ state }) => state)).toEqual(['failing', 'writing']);
    expect(await judge(url, promised)).toMatchObject({ ...lawful, records: 8300 });
  });

  test('the queue is never full, as long as the spool takes what comes', async () => {
    const { session, append, progress } = await recording({
      queue: { highWaterRecords: 1000 },
      batch: { maxRecords: 2000, maxAgeMs: 10 },
    });
    databaseIsAway();
    append(20_000);
    await expect(session.drained()).resolves.toBeUndefined();
    expect(session.append(deltaOrSnapshot(++progress.deltas))).toBe('taken');
    databaseIsBack();
  });

  test('a close that is too late says so, and the session gets its true end when the database is back', async () => {
    const { store, session, append, promised } = await recording();
    append(100);
    await session.flush();
    databaseIsAway();
    append(500);
    const late = session.close({ ...end, timeoutMs: 50 });
    await expect(late).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT', unwrittenRecords: 500 });
    databaseIsBack();
    await expect.poll(() => recoveries).toHaveLength(1);
    expect(recoveries[0]).toMatchObject({ session: session.id, outcome: 'recovered', setAside: 0 });
    expect(await store.sessions()).toMatchObject([
      { id: session.id, status: 'health_failure', endReason: 'feed silent', messages: 600 },
    ]);
    expect(await judge(url, promised)).toMatchObject({ ...lawful, records: 600 });
  });

  test('what is brought in counts all that was written, also by a try that then failed', async () => {
    const { session, append } = await recording({ batch: { maxRecords: 100, maxAgeMs: 1_000_000 } });
    databaseIsAway();
    append(1000);
    await session.durable();
    await expect(session.close({ ...end, timeoutMs: 50 })).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT' });
    // A sequence does not go back with the transaction that fails, so only the fifth insertion does.
    await statement(`
      create sequence insertions;
      create function fail_once() returns trigger language plpgsql as $$ begin
        if nextval('insertions') = 5 then raise exception using errcode = '40001'; end if;
        return new;
      end $$;
      create trigger fail_once before insert on delta_chunks for each row execute function fail_once()`);
    databaseIsBack();
    await expect.poll(() => recoveries).toMatchObject([{ outcome: 'recovered', written: 1000, setAside: 0 }]);
  });

  test('a store that closes leaves the end to the next one on the same spool', async () => {
    const { store, session, append, promised } = await recording();
    append(100);
    await session.flush();
    databaseIsAway();
    append(500);
    await expect(session.close({ ...end, timeoutMs: 50 })).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT' });
    await store.close();
    stores.clear();
    databaseIsBack();
    const next = await open();
    await expect.poll(() => recoveries).toHaveLength(1);
    expect(await next.sessions()).toMatchObject([
      { status: 'health_failure', endReason: 'feed silent', messages: 600 },
    ]);
    expect(await judge(url, promised)).toMatchObject({ ...lawful, records: 600 });
  });
});

describe('a spool that is full', () => {
  test('says so, and records reach the database from memory', async () => {
    const { store, session, progress } = await recording({ spool: { maxBytes: 16 * 2 ** 20 } });
    databaseIsAway();
    const appended = await fillSpool(session);
    expect(statuses).toContainEqual(
      expect.objectContaining({ state: 'failing', error: expect.objectContaining({ code: 'SPOOL_FULL' }) as unknown }),
    );
    databaseIsBack();
    expect(await session.close(end)).toMatchObject({ raw: appended, messages: appended });
    expect(progress.deltas).toBe(0);
    await store.close();
    expect(statuses.at(-1)).toEqual({ state: 'writing' });
  });

  test('of a session that is taken away gives the database what it had not taken, too', async () => {
    const { store, session } = await recording({ spool: { maxBytes: 16 * 2 ** 20 } });
    databaseIsAway();
    let appended = await fillSpool(session);
    // Some more come when it is full: those are in memory alone.
    for (let more = 5; more > 0; more--) {
      session.append({ kind: 'raw', epoch: 1, sid: 1, seq: ++appended, receivedAtMs: 1, text: fullText });
    }
    await statement(`
      update sessions set status = 'reclaimed', ended_at = now(), end_reason = 'lease ran out', lease_until = null`);
    databaseIsBack();
    await expect(session.flush()).rejects.toMatchObject({
      code: 'SESSION_FENCED',
      unwrittenRecords: appended,
      message: expect.stringContaining('in memory') as string,
    });
    // How many it wrote in one go depends on the machine: a try that takes too long is followed by another one.
    await expect.poll(() => recoveries).toMatchObject([{ outcome: 'recovered', setAside: 0 }]);
    const [stored] = await store.query('select count(*) as raw, max(seq) as last from raw_frames');
    expect(stored).toEqual({ raw: appended, last: appended });
    await store.close();
  });

  test('sheds what memory cannot hold, by name, when told to', async () => {
    const { store, session } = await recording({
      spool: { maxBytes: 16 * 2 ** 20 },
      whenFull: 'shed',
      queue: { highWaterBytes: 4_000_000 },
      batch: { maxBytes: 2_000_000, maxAgeMs: 10 },
    });
    databaseIsAway();
    let [shed, seq] = [0, await fillSpool(session)];
    for (let more = 20; more > 0 && shed < 5; more--) {
      const record: StoreRecord = { kind: 'raw', epoch: 1, sid: 1, seq: ++seq, receivedAtMs: 1, text: fullText };
      if (session.append(record) === 'dropped') shed++;
    }
    expect(shed).toBe(5);
    databaseIsBack();
    const row = await session.close(end);
    expect(row.shed).toBe(shed);
    const named = await store.query('select sum(last_seq - first_seq + 1) as shed from gaps where shed > 0');
    expect(named).toEqual([{ shed: String(shed) }]);
  });
});

describe('what a dead process leaves', () => {
  test('is written by the next one, with the end that the session was to have', async () => {
    const { session, append, store } = await recording();
    append(200);
    await session.flush();
    databaseIsAway();
    append(1000);
    await session.durable();
    await expect(session.close({ ...end, timeoutMs: 20 })).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT' });
    await store.close();
    stores.clear();
    databaseIsBack();
    const next = await open();
    const successor = await next.openSession({ recorder: 'desk' });
    await expect.poll(() => recoveries).toMatchObject([{ outcome: 'recovered', reason: null }]);
    const rows = await next.sessions({ recorder: 'desk' });
    expect(rows).toMatchObject([{ id: successor.id }, { id: session.id, status: 'health_failure', messages: 1200 }]);
  });

  test('of a session that somebody ended in the database is set aside in a file, said, and in the ledger once', async () => {
    const { session, append, store, progress } = await recording();
    append(50);
    await session.flush();
    databaseIsAway();
    append(70);
    await session.durable();
    await expect(session.close({ ...end, timeoutMs: 20 })).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT' });
    await store.close();
    stores.clear();
    await statement(
      `update sessions set status = 'closed', ended_at = now(), end_reason = 'by hand', lease_until = null`,
    );
    databaseIsBack();
    const copy = spoolNow();
    const next = await open();
    await expect.poll(() => recoveries).toHaveLength(1);
    expect(recoveries[0]).toMatchObject({ outcome: 'set-aside', written: 0, setAside: 70 });
    const named = `select sid, last_seq from gaps where cause = 'set-aside' order by sid`;
    const ledger = await next.query(named);
    expect(ledger).toContainEqual({ sid: 1, last_seq: progress.deltas });
    expect((await next.verify(session.id)).ok).toBe(true);
    // As if it had died before the spool knew.
    const again = await open({ spool: { dir: copy, durableWithinMs: 10 } });
    await expect.poll(() => again.backlog().spooledBytes).toBe(0);
    expect(await again.query(named)).toEqual(ledger);
    expect(recoveries).toHaveLength(1);
    expect(recoveries[0]!.reason).toContain('closed in the database');
    const lines = readFileSync(recoveries[0]!.file!, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(70);
    expect(JSON.parse(lines[0]!)).toMatchObject({ epoch: 1, receivedAtMs: expect.any(Number) as number });
  });

  test('of a session that the database does not have is entered again, whole', async () => {
    const { session, append, store } = await recording();
    databaseIsAway();
    append(70);
    await session.durable();
    await expect(session.close({ ...end, timeoutMs: 20 })).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT' });
    await store.close();
    stores.clear();
    await statement('delete from sessions');
    databaseIsBack();
    const next = await open();
    await expect.poll(() => recoveries).toMatchObject([{ outcome: 'recovered', written: 70, setAside: 0 }]);
    expect(await next.sessions()).toMatchObject([{ id: session.id, status: 'health_failure', messages: 70 }]);
  });

  test('and the database refuses is named in the ledger and set aside; the rest is written', async () => {
    const { session, store } = await recording({ batch: { maxRecords: 10, maxAgeMs: 1_000_000 } });
    databaseIsAway();
    for (let seq = 1; seq <= 30; seq++) session.append(delta(seq, { price: seq === 15 ? 666 : 1 }));
    await session.durable();
    await expect(session.close({ ...end, timeoutMs: 20 })).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT' });
    await store.close();
    stores.clear();
    await statement('alter table delta_chunks add constraint no_beast check (not 666 = any(prices))');
    databaseIsBack();
    const next = await open();
    await expect.poll(() => recoveries).toHaveLength(1);
    expect(recoveries[0]).toMatchObject({ outcome: 'recovered', setAside: 10 });
    expect(await next.query('select min(seq), max(seq), count(*) as n from deltas')).toEqual([
      { min: 1, max: 30, n: 20 },
    ]);
    expect(await next.query(`select first_seq, last_seq from gaps where cause = 'refused'`)).toEqual([
      { first_seq: 11, last_seq: 20 },
    ]);
  });

  test('is taken over by the process that was stopped, once it learns that its session was reclaimed', async () => {
    const { store, session, append, promised } = await recording();
    append(100);
    await session.flush();
    databaseIsAway();
    append(900);
    await session.durable();
    await statement(`
      update sessions set status = 'reclaimed', ended_at = now(), end_reason = 'lease ran out', lease_until = null`);
    databaseIsBack();
    await expect(session.flush()).rejects.toMatchObject({ code: 'SESSION_FENCED', unwrittenRecords: 900 });
    await expect.poll(() => recoveries).toMatchObject([{ outcome: 'recovered' }]);
    await store.close();
    expect(await judge(url, promised)).toMatchObject({ ...lawful, records: 1000 });
  });
});

describe('a spool that is damaged', () => {
  /** 30 batches of 100 deltas in it, of which the database has none. */
  const left = async () => {
    const { session, store } = await recording({ batch: { maxRecords: 100, maxAgeMs: 1_000_000 } });
    databaseIsAway();
    for (let seq = 1; seq <= 3000; seq++) session.append(delta(seq));
    await session.durable();
    const copy = spoolNow();
    await expect(session.close({ ...end, timeoutMs: 20 })).rejects.toMatchObject({ code: 'CLOSE_TIMEOUT' });
    await store.close();
    stores.clear();
    databaseIsBack();
    return { session, copy, file: join(copy, 'spool.sqlite') };
  };

  const recovered = async (copy: string) => {
    const store = await open({ spool: { dir: copy, durableWithinMs: 10 } });
    await expect.poll(() => recoveries).toHaveLength(1);
    const numbers = (await store.query('select seq from deltas order by seq')).map(({ seq }) => seq as number);
    const rows = await store.query(
      `select first_seq, last_seq from gaps where cause = 'spool-damaged' and sid is not null order by ordinal`,
    );
    const named = await store.query(`select count(*)::int as n from gaps where cause = 'spool-damaged'`);
    return { numbers, rows, named: named[0]!['n'] as number };
  };

  test('in the middle names the numbers that it lost, and the rest is written', async () => {
    const { copy, file } = await left();
    // What is in SQLite's own log goes into the file itself.
    const database = new DatabaseSync(file);
    database.exec('pragma wal_checkpoint(truncate)');
    database.close();
    const bytes = readFileSync(file);
    const middle = Math.floor(bytes.length / 2);
    bytes.fill(0x55, middle, middle + 200);
    writeFileSync(file, bytes);
    const { numbers, rows } = await recovered(copy);
    const missing = Array.from({ length: 3000 }, (_, index) => index + 1).filter((seq) => !numbers.includes(seq));
    expect(missing.length).toBeGreaterThan(0);
    expect(missing.length).toBeLessThan(1000);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(rows).toEqual([{ first_seq: missing[0], last_seq: missing.at(-1) }]);
  });

  test('at its end names that', async () => {
    const { copy, file } = await left();
    const log = readFileSync(`${file}-wal`);
    writeFileSync(`${file}-wal`, log.fill(0x55, log.length - 2000, log.length - 1000));
    const { numbers, named } = await recovered(copy);
    expect(recoveries[0]!.reason).toContain('damaged');
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
    expect(numbers.length).toBeLessThan(3000);
    expect(named).toBe(1);
  });
});

describe('a spool', () => {
  test('belongs to one store at a time', async () => {
    await open();
    await expect(open()).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED', retryable: true });
  });

  test('is left empty by a session that ended as it should', async () => {
    const { store, session, append } = await recording();
    append(100);
    await session.close(end);
    await store.close();
    stores.clear();
    await finishRecovery({ url, lease, spool: { dir, durableWithinMs: 10 } });
    await open();
    expect(recoveries).toEqual([]);
  });
});
