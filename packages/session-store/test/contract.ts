// What a store promises on any engine: each engine's test file runs this against itself.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Collector, type Batch } from '../src/batch/collector.ts';
import {
  createSessionStore,
  migrateSchema,
  schemaState,
  SessionStoreError,
  type SessionStoreTuning,
  type StoreLocation,
  type StoreRecord,
} from '../src/index.ts';
import type { Engine } from '../src/database/engines/engine.ts';
import { MarketIds } from '../src/batch/writing/market-ids.ts';
import { Partitions } from '../src/partitions/partitions.ts';
import { migrate } from '../src/migrate.ts';
import { openSession } from '../src/ownership/open-session.ts';
import { SessionTransactions } from '../src/batch/writing/session-transactions.ts';
import type { Content } from './databases.ts';
import { ReusedStore } from './reused-store.ts';
import { newBed, type TestBed } from './test-bed.ts';

/** How the contract gets at one engine. */
export interface ContractEngine {
  /** A new database, with this code's tables unless it is to be empty. */
  location(content?: Content): Promise<StoreLocation>;
  /** The engine below the store, on a location that no store has open. */
  engine(location: StoreLocation): Promise<Engine>;
  /** A database for a test that does not ask how it is opened and closed; where none is said, a new one. */
  bed?(): Promise<TestBed>;
}

export const atMs = 1_785_901_540_000;

export const delta = (seq: number, over: object = {}): StoreRecord => ({
  kind: 'delta',
  epoch: 1,
  sid: 1,
  seq,
  market: 'RAIN-TOMORROW',
  side: 'yes',
  price: 4300,
  delta: 500,
  exchangeAtMs: atMs + seq - 12,
  receivedAtMs: atMs + seq,
  ...over,
});

export const snapshot = (seq: number, over: object = {}): StoreRecord => ({
  kind: 'snapshot',
  epoch: 1,
  sid: 1,
  seq,
  market: 'RAIN-TOMORROW',
  receivedAtMs: atMs + seq,
  yes: [[4200, 1000]],
  no: [[5600, 250]],
  ...over,
});

export const trade = (seq: number | null, over: object = {}): StoreRecord => ({
  kind: 'trade',
  epoch: 1,
  sid: 2,
  seq,
  market: 'RAIN-TOMORROW',
  tradeId: 'f195de40-6a3f-418b-1a7e-9d89fee559c0',
  yesPrice: 4400,
  size: 4602,
  takerSide: 'yes',
  isBlockTrade: null,
  exchangeAtMs: atMs - 9,
  receivedAtMs: atMs,
  ...over,
});

export const raw = (over: object = {}): StoreRecord => ({
  kind: 'raw',
  epoch: 1,
  sid: null,
  seq: null,
  receivedAtMs: atMs,
  text: '{"type":"subscribed"}',
  ...over,
});

export const ticker = (seq: number | null, over: object = {}): StoreRecord => ({
  kind: 'ticker',
  epoch: 1,
  sid: 3,
  seq,
  market: 'RAIN-TOMORROW',
  marketId: null,
  lastPrice: 4400,
  yesBid: 4300,
  yesAsk: 4500,
  yesBidSize: 100,
  yesAskSize: 200,
  lastTradeSize: 100,
  volume: 9_000_000_000,
  openInterest: 700,
  volumeDollars: -4,
  openInterestDollars: null,
  exchangeAtMs: atMs - 9,
  receivedAtMs: atMs,
  ...over,
});

export const gap = (over: object = {}): StoreRecord => ({
  kind: 'gap',
  epoch: 1,
  sid: 1,
  firstSeq: 4,
  lastSeq: 9,
  fromAtMs: atMs + 3,
  toAtMs: atMs + 10,
  cause: 'sequence gap',
  ...over,
});

/** As they would be cut one after the other from one session. */
export const batchesOf = (...batches: (readonly StoreRecord[])[]): Batch[] => {
  const collector = new Collector({ intervalMs: 60_000, everyDeltas: 4096 });
  return batches.map((records) => {
    for (const record of records) collector.add(record);
    return collector.cut()!;
  });
};

/** Opens a session below the store. */
export const openBelow = async (
  engine: Engine,
  session: { readonly id: string; readonly recorder: string },
  leaseMs = 60_000,
  alive: readonly string[] = [],
) =>
  engine.transact(
    async (run) =>
      openSession(run, {
        ...session,
        startedAtMs: atMs,
        continues: null,
        owner: 'the test',
        leaseMs,
        alive,
        recount: true,
      }),
    { doing: 'Opening' },
  );

export function sessionStoreContract(name: string, given: ContractEngine): void {
  describe(`a session store on ${name}`, () => {
    let shared: StoreLocation;
    let recorders = 0;
    // Writes only when told to.
    const stores = new ReusedStore(async (tuning) => createSessionStore({ ...shared, ...tuning }), {
      batch: { maxAgeMs: 1_000_000_000 },
    });

    /** A session of a recorder of its own, which the store closes in the end. */
    const recording = async (options?: SessionStoreTuning) => {
      const store = await (options ? stores.reopen(options) : stores.open());
      const recorder = `desk-${++recorders}`;
      return { store, recorder, session: await store.openSession({ recorder }) };
    };

    beforeAll(async () => void (shared = await given.location()));
    afterAll(async () => stores.close());

    describe('a session', () => {
      test('is active from its opening to its close, which says why it ended', async () => {
        const { store, recorder, session } = await recording();
        const [active] = await store.sessions();
        expect(active).toMatchObject({ id: session.id, recorder, status: 'active', endedAtMs: null });
        const closed = await session.close({ status: 'health_failure', reason: 'feed silent' });
        expect(closed).toMatchObject({ id: session.id, status: 'health_failure', endReason: 'feed silent' });
        expect(closed.endedAtMs).toBeGreaterThanOrEqual(closed.startedAtMs);
        expect(await store.sessions({ limit: 1 })).toEqual([closed]);
      });

      test('gives the first close to whoever closes it again, and takes no records any more', async () => {
        const { session } = await recording();
        session.append(delta(1));
        const first = session.close({ status: 'closed', reason: 'first' });
        const second = session.close({ status: 'error', reason: 'second' });
        expect(await second).toEqual(await first);
        expect((await first).endReason).toBe('first');
        await session.flush();
        expect(() => session.append(delta(2))).toThrow(expect.objectContaining({ code: 'SESSION_CLOSED' }));
      });

      test('names the one it continues, which must exist', async () => {
        const { store, recorder, session } = await recording();
        await session.close({ status: 'health_failure', reason: 'test' });
        const next = await store.openSession({ recorder, continues: session.id });
        const [newest, older] = await store.sessions({ limit: 2 });
        expect([newest?.id, newest?.continues, older?.id]).toEqual([next.id, session.id, session.id]);
        await next.close({ status: 'closed', reason: 'test' });
        const unknown = expect.objectContaining({ code: 'SESSION_UNKNOWN' });
        const nobody = '00000000-0000-4000-8000-000000000000';
        await expect(store.openSession({ recorder, continues: nobody })).rejects.toEqual(unknown);
        await expect(store.openSession({ recorder, continues: 'x' })).rejects.toEqual(unknown);
      });

      test('is closed by the store that opened it, when that closes', async () => {
        const { store, session } = await recording();
        session.append(delta(1));
        await Promise.all([store.close(), store.close()]);
        await expect(store.sessions()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
        const [row] = await (await stores.reopen()).sessions();
        expect(row).toMatchObject({ id: session.id, status: 'closed', endReason: 'store closed', deltas: 1 });
      });

      test('is found by recorder and status, newest first', async () => {
        const store = await stores.open();
        const one = await store.openSession({ recorder: 'ledger-of-one' });
        await one.close({ status: 'error', reason: 'test' });
        const two = await store.openSession({ recorder: 'ledger-of-one' });
        const found = await store.sessions({ recorder: 'ledger-of-one' });
        expect(found.map(({ id }) => id)).toEqual([two.id, one.id]);
        const failed = await store.sessions({ recorder: 'ledger-of-one', status: 'error' });
        expect(failed.map(({ id }) => id)).toEqual([one.id]);
        expect((await store.sessions({ id: one.id })).map(({ id }) => id)).toEqual([one.id]);
      });

      test('began when its first record arrived, where that is told', async () => {
        const store = await stores.open();
        const startedAtMs = Date.now() - 90_000;
        const session = await store.openSession({ recorder: `desk-${++recorders}`, startedAtMs });
        expect(await store.sessions({ id: session.id })).toMatchObject([{ startedAtMs }]);
        const row = await session.close({ status: 'closed', reason: 'done' });
        expect(row).toMatchObject({ startedAtMs });
        for (const wrong of [2 ** 47, -1, 1.5, Number.NaN]) {
          const opening = store.openSession({ recorder: `desk-${++recorders}`, startedAtMs: wrong });
          await expect(opening).rejects.toThrow(/^startedAtMs must be/);
        }
      });
    });

    describe('counters', () => {
      test('of a session are its own; those of the recorder add up over its sessions', async () => {
        const store = await stores.open();
        const rows = [];
        for (const more of [
          [delta(1), delta(2), raw(), gap()],
          [snapshot(1), delta(2)],
        ]) {
          const session = await store.openSession({ recorder: 'counted' });
          for (const record of more) session.append(record);
          rows.push(await session.close({ status: 'closed', reason: 'test' }));
          expect(rows.at(-1)).toMatchObject(session.counters());
        }
        expect(rows[0]).toMatchObject({ messages: 3, deltas: 2, snapshots: 0, raw: 1, gaps: 1 });
        expect(rows[1]).toMatchObject({ messages: 2, deltas: 1, snapshots: 1, raw: 0, gaps: 0 });
        const [lifetime] = await store.query('select * from recorders where name = $1', ['counted']);
        expect(lifetime).toMatchObject({ messages: 5, deltas: 3, snapshots: 1, raw: 1, gaps: 1 });
      });

      test('in the database are of what is committed, with the time of the last record', async () => {
        const { store, session } = await recording();
        session.append(delta(7));
        session.append(delta(8, { receivedAtMs: atMs + 5 }));
        expect(session.counters().deltas).toBe(2);
        expect((await store.sessions({ limit: 1 }))[0]).toMatchObject({ deltas: 0, lastRecordAtMs: null });
        await session.flush();
        expect((await store.sessions({ limit: 1 }))[0]).toMatchObject({ deltas: 2, lastRecordAtMs: atMs + 7 });
      });
    });

    describe('the views', () => {
      test('show a delta as anybody would write it down', async () => {
        const { store, session } = await recording();
        session.append(delta(41, { exchangeAtUs: (atMs + 29) * 1000 + 529 }));
        session.append(delta(45, { market: 'SNOW', side: 'no', price: 100, delta: -(2 ** 40), exchangeAtMs: null }));
        await session.flush();
        const rows = await store.query('select * from deltas where session_id = $1 order by seq', [session.id]);
        expect(rows).toEqual([
          {
            session_id: session.id,
            epoch: 1,
            sid: 1,
            seq: 41,
            market: 'RAIN-TOMORROW',
            side: 'yes',
            price: 4300,
            delta: 500,
            exchange_at: new Date(atMs + 29),
            received_at: new Date(atMs + 41),
            exchange_at_us: (atMs + 29) * 1000 + 529,
          },
          {
            session_id: session.id,
            epoch: 1,
            sid: 1,
            seq: 45,
            market: 'SNOW',
            side: 'no',
            price: 100,
            delta: -(2 ** 40),
            exchange_at: null,
            received_at: new Date(atMs + 45),
            exchange_at_us: null,
          },
        ]);
      });

      test('show an empty snapshot among the frames, where it has no level to show', async () => {
        const { store, session } = await recording();
        session.append(snapshot(1, { yes: [], no: [] }));
        await session.flush();
        expect(await store.query('select * from snapshots where session_id = $1', [session.id])).toEqual([]);
        const frames = await store.query('select * from snapshot_frames where session_id = $1', [session.id]);
        expect(frames).toMatchObject([{ seq: 1, market: 'RAIN-TOMORROW', yes_levels: 0, no_levels: 0 }]);
      });

      test('hold the ledger, with what is not known left open', async () => {
        const { store, session } = await recording();
        session.append(gap());
        session.append(gap({ sid: null, firstSeq: null, lastSeq: null, toAtMs: null, cause: 'connection lost' }));
        await session.flush();
        const rows = await store.query('select * from gaps where session_id = $1 order by ordinal', [session.id]);
        expect(rows).toMatchObject([
          { sid: 1, first_seq: 4, last_seq: 9, from_at: new Date(atMs + 3), cause: 'sequence gap' },
          { sid: null, first_seq: null, last_seq: null, to_at: null, cause: 'connection lost' },
        ]);
      });

      test('an open hole ends with the first snapshot of the next epoch, or with the session', async () => {
        const { store, session } = await recording();
        session.append(snapshot(1));
        session.append(gap({ firstSeq: 2, lastSeq: null, toAtMs: null, cause: 'connection lost' }));
        const end = async () => {
          await session.flush();
          return store.query('select epoch, to_at from gaps where session_id = $1 order by epoch', [session.id]);
        };
        expect(await end()).toEqual([{ epoch: 1, to_at: null }]);
        session.append(snapshot(1, { epoch: 2, receivedAtMs: atMs + 500 }));
        session.append(snapshot(2, { epoch: 2, receivedAtMs: atMs + 900 }));
        session.append(gap({ epoch: 2, firstSeq: 3, lastSeq: null, toAtMs: null, cause: 'connection lost' }));
        expect(await end()).toEqual([
          { epoch: 1, to_at: new Date(atMs + 500) },
          { epoch: 2, to_at: null },
        ]);
        const { endedAtMs } = await session.close({ status: 'closed', reason: 'done' });
        const rows = await store.query('select to_at from gaps where session_id = $1 and epoch = 2', [session.id]);
        expect(rows).toEqual([{ to_at: new Date(endedAtMs!) }]);
      });

      test('are read in a transaction that can change nothing', async () => {
        const { store } = await recording();
        await expect(store.query('delete from markets')).rejects.toMatchObject({ sqlState: '25006' });
        await expect(store.query('commit; delete from markets')).rejects.toMatchObject({ code: 'QUERY_FAILED' });
        for (const wrong of ['selec 1', 'select nothing from markets', 'select 1 from nowhere', "select 'x'::integer"])
          await expect(store.query(wrong), wrong).rejects.toMatchObject({ code: 'QUERY_FAILED', retryable: false });
        expect(await store.query(`select '9007199254740993'::bigint as big`)).toEqual([{ big: '9007199254740993' }]);
      });
    });

    describe('writing', () => {
      test('repeats a batch without storing or counting anything twice', async () => {
        const bed = await newBed(given);
        const engine = await bed.engine();
        const session = { id: '00000000-0000-4000-8000-000000000001', recorder: 'retried' };
        const owned = await openBelow(engine, session);
        const writes = new SessionTransactions(engine, new MarketIds(engine), new Partitions(engine), owned, 60_000);
        const [batch, last] = batchesOf(
          [snapshot(1), delta(2), delta(3), delta(1, { sid: 2 }), raw(), gap()],
          [delta(4)],
        ) as [Batch, Batch];
        await writes.write(batch);
        await writes.write(batch);
        const end = { status: 'closed', reason: 'done', endedAtMs: atMs } as const;
        const row = await writes.end(last, end, 1);
        expect(await writes.end(last, end, 1)).toEqual(row);
        expect(row).toMatchObject({ messages: 6, snapshots: 1, deltas: 4, raw: 1, gaps: 1, status: 'closed' });
        await expect(writes.write(batch)).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
        const look = 'select messages, gaps, (select count(*) from deltas) as stored from recorders';
        const found = await engine.transact(async (run) => run({ text: look, parameters: [] }), { doing: 'Looking' });
        expect(found).toEqual([{ messages: 6, gaps: 1, stored: 4 }]);
        await engine.close();
        await bed.done();
      });

      test('stores the last records, the counters and the end together or not at all', async () => {
        const engine = await given.engine(await given.location());
        const session = { id: '00000000-0000-4000-8000-000000000002', recorder: 'atomic' };
        const owned = await openBelow(engine, session);
        await engine.transact(
          (run) =>
            run({
              text: `alter table sessions add constraint no_end check (id <> '${session.id}' or status = 'active')`,
              parameters: [],
            }),
          { doing: 'Breaking it' },
        );
        const writes = new SessionTransactions(engine, new MarketIds(engine), new Partitions(engine), owned, 60_000);
        const [batch] = batchesOf([delta(1), raw()]) as [Batch];
        const end = { status: 'closed', reason: 'done', endedAtMs: atMs } as const;
        await expect(writes.end(batch, end, 0)).rejects.toMatchObject({ sqlState: '23514' });
        const counted = { text: 'select deltas, raw from recorders', parameters: [] };
        const stored = { text: 'select seq from deltas', parameters: [] };
        const found = await engine.transact(async (run) => [await run(counted), await run(stored)], {
          doing: 'Looking',
        });
        expect(found).toEqual([[{ deltas: 0, raw: 0 }], []]);
        await engine.close();
      });

      test('asks for a pause above the high-water mark and says when to go on', async () => {
        const { store, session } = await recording({ queue: { highWaterRecords: 5, lowWaterRecords: 2 } });
        const taken = Array.from({ length: 8 }, (_, index) => session.append(delta(index + 1)));
        expect(taken).toEqual([...Array<string>(5).fill('taken'), 'full', 'full', 'full']);
        await session.drained();
        expect(session.append(delta(9))).toBe('taken');
        await session.flush();
        expect((await store.sessions({ limit: 1 }))[0]).toMatchObject({ deltas: 9 });
      });

      test('writes on its own once the oldest record is old enough', async () => {
        const { store, session } = await recording({ batch: { maxAgeMs: 1 } });
        session.append(delta(1));
        await expect.poll(async () => (await store.sessions({ limit: 1 }))[0]?.deltas).toBe(1);
      });

      test('refuses a record that could never be stored, and keeps its neighbours', async () => {
        const { store, session } = await recording();
        session.append(delta(1));
        const refused = [
          delta(2, { price: 0.5 }),
          delta(2, { delta: Number.NaN }),
          delta(2, { market: 'A\u0000B' }),
          delta(1),
          raw({ receivedAtMs: -1 }),
          snapshot(2, { yes: [[1, 2.5]] }),
          gap({ cause: undefined }),
          trade(2, { yesPrice: 0.5 }),
          trade(2, { tradeId: '' }),
          trade(2, { takerSide: 'both' }),
          { kind: 'ticker' },
        ] as StoreRecord[];
        for (const record of refused) {
          expect(() => session.append(record)).toThrow(expect.objectContaining({ code: 'RECORD_INVALID' }));
        }
        session.append(delta(2));
        const row = await session.close({ status: 'closed', reason: 'test' });
        expect(row).toMatchObject({ messages: 2, deltas: 2 });
        const stored = await store.query('select seq from deltas where session_id = $1 order by seq', [session.id]);
        expect(stored).toEqual([{ seq: 1 }, { seq: 2 }]);
      });

      test('keeps a text that the database cannot, as a JSON string', async () => {
        const { store, session } = await recording();
        const text = 'nul \u0000 and half a pair \uD800';
        session.append(raw({ text }));
        await session.flush();
        const [row] = await store.query('select text, escaped from raw_frames where session_id = $1', [session.id]);
        expect(row?.['escaped']).toBe(true);
        expect(JSON.parse(row?.['text'] as string)).toBe(text);
      });
    });

    describe('the schema', () => {
      test('knows the five statuses and no other', async () => {
        const bed = await newBed(given);
        const engine = await bed.engine();
        const session = { id: '00000000-0000-4000-8000-000000000003', recorder: 'checked' };
        await openBelow(engine, session);
        const become = async (status: string) =>
          engine.transact(
            (run) =>
              run({
                text: `update sessions set status = $1, ended_at = now(), end_reason = 'test' returning status`,
                parameters: [status],
              }),
            { doing: 'Changing the status' },
          );
        for (const status of ['closed', 'health_failure', 'reclaimed', 'error']) {
          expect(await become(status)).toEqual([{ status }]);
        }
        await expect(become('crashed')).rejects.toMatchObject({ sqlState: '23514' });
        await expect(become('active')).rejects.toMatchObject({ sqlState: '23514' });
        await engine.close();
        await bed.done();
      });

      test('is refused when it is newer than this code', async () => {
        const location = await given.location();
        const engine = await given.engine(location);
        await engine.transact(
          (run) =>
            run({
              text: `insert into session_store_migrations (version, hash) values (99999999999999, 'from the future')`,
              parameters: [],
            }),
          { doing: 'Ageing this code' },
        );
        await engine.close();
        await expect(createSessionStore(location)).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
        await expect(migrateSchema(location)).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
        const { version, known } = await schemaState(location);
        expect(version).toBe(99_999_999_999_999);
        expect(known).toBeLessThan(version!);
      });

      test('is brought up to date alone when asked, and told without being changed', async () => {
        const location = await given.location('empty');
        const { version, known } = await schemaState(location);
        expect(version).toBeNull();
        const { from, to, applied } = await migrateSchema(location);
        expect({ from, to }).toEqual({ from: null, to: known });
        expect(applied).toBeGreaterThan(1);
        expect(await migrateSchema(location)).toEqual({ from: known, to: known, applied: 0 });
        expect(await schemaState(location)).toEqual({ version: known, known });
      });

      test('is made whole or not at all', async () => {
        const location = await given.location('empty');
        const engine = await given.engine(location);
        const run = async (text: string) =>
          engine.transact((run) => run({ text, parameters: [] }), { doing: 'Standing in the way' });
        await run('create view keyframes_default as select 1 as one');
        await expect(migrate(engine, 15_000)).rejects.toMatchObject({ code: 'MIGRATION_FAILED', sqlState: '42P07' });
        expect(await run(`select to_regclass('sessions') as sessions`)).toEqual([{ sessions: null }]);
        await run('drop view keyframes_default');
        await engine.close();
        await using store = await createSessionStore(location);
        expect(await store.sessions()).toEqual([]);
      });

      test('is left alone when it is up to date', async () => {
        const { store } = await recording();
        const applied = 'select version, applied_at from session_store_migrations order by version';
        const before = await store.query(applied);
        await store.close();
        const again = await stores.reopen();
        expect(await again.query(applied)).toEqual(before);
      });
    });

    test('says what is wrong with a query without repeating its parameters', async () => {
      const { store } = await recording();
      const failed = await store.query('select $1::text::integer', ['hunter2']).catch((error: unknown) => error);
      expect(SessionStoreError.isInstance(failed)).toBe(true);
      expect(failed).toMatchObject({ code: 'QUERY_FAILED', sqlState: '22P02' });
      expect(everythingIn(failed)).not.toContain('hunter2');
    });
  });
}

/** All text that hangs on an error, its non-enumerable fields and causes included. */
export function everythingIn(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  return Object.getOwnPropertyNames(error)
    .map((name) => everythingIn((error as Record<string, unknown>)[name]))
    .join('\n');
}
