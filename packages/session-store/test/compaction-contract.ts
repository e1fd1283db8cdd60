// What compaction promises on any engine: each engine's test file runs this against itself.
import { ManualRuntime } from '@trader/testkit';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Compaction } from '../src/compaction/compaction.ts';
import { dayMs, dayOf } from '../src/database/day.ts';
import { SessionStoreError, type SessionStore } from '../src/index.ts';
import type { Engine, Run } from '../src/database/engines/engine.ts';
import { MarketIds } from '../src/batch/writing/market-ids.ts';
import { Partitions } from '../src/partitions/partitions.ts';
import { storedCounters } from '../src/ownership/stored-counters.ts';
import { SessionTransactions } from '../src/batch/writing/session-transactions.ts';
import { marketData } from './arbitrary-market-data.ts';
import { atMs, batchesOf, delta, gap, openBelow, snapshot, type ContractEngine } from './contract.ts';
import { byHand, keyframes, tuning } from './compaction-properties.ts';
import { newBed, type TestBed } from './test-bed.ts';
import { storedRecords } from './stored-records.ts';

const closed = { status: 'closed', reason: 'test' } as const;

export function compactionContract(name: string, given: ContractEngine): void {
  describe(`compaction on ${name}`, () => {
    let bed: TestBed | undefined;
    let store: SessionStore | undefined;
    let engine: Engine | undefined;

    beforeEach(async () => void (bed = await newBed(given)));
    afterEach(async () => {
      await store?.close();
      await engine?.close();
      await bed?.done();
      store = engine = bed = undefined;
    });

    const opened = async (options: object = {}) => {
      store = await bed!.store({ ...byHand, ...options });
      return store;
    };

    test('leaves everything as it was when it is cut off before any of its statements', async () => {
      engine = await bed!.engine();
      const owned = await openBelow(engine, { id: '00000000-0000-4000-8000-00000000000a', recorder: 'desk-1' });
      const writes = new SessionTransactions(engine, new MarketIds(engine), new Partitions(engine), owned, 60_000);
      const records = marketData(5, 90, atMs);
      const batches = batchesOf(...Array.from({ length: 9 }, (_, index) => records.slice(10 * index, 10 * index + 10)));
      const look = async (run: Run) => ({
        deltas: await run(sql`select * from deltas order by epoch, sid, seq`),
        counters: { ...(await storedCounters(run, owned.id)), last_record_at: null },
      });
      const partitions = new Partitions(engine);
      for (const batch of batches) {
        await writes.write(batch);
        const before = await engine.transact(look, { doing: 'Looking' });
        for (let statement = 0, cut = true; cut; statement++) {
          const fragile = new FragileEngine(engine, statement);
          cut = await new Compaction(fragile, partitions, tuning).compactAll().then(
            () => false,
            () => true,
          );
          // A batch that was committed is not written again, wherever its records are by now.
          await writes.write(batch);
          expect(await engine.transact(look, { doing: 'Looking' })).toEqual(before);
        }
      }
      expect(await engine.transact((run) => run(sql`select from delta_chunks`), { doing: 'Looking' })).toEqual([]);
    });

    test('is done by one at a time, however many want to', async () => {
      const store = await opened();
      const session = await store.openSession({ recorder: 'desk-1' });
      for (const record of marketData(1, 400, atMs)) session.append(record);
      await session.close(closed);
      const before = await storedRecords(store, session.id);
      const others = store.engine === 'postgres' ? [await bed!.store()] : [];
      const results = await Promise.all([store, store, ...others].map(async (store) => store.compact()));
      for (const other of others) await other.close();
      expect(results.reduce((sum, { moved }) => sum + moved, 0)).toBe(before.deltas.length);
      expect(await storedRecords(store, session.id)).toEqual(before);
    });

    test('unpacks of one market its own chunks alone', async () => {
      const store = await opened({ batch: { maxRecords: 500, maxAgeMs: 1e9 } });
      const session = await store.openSession({ recorder: 'desk-1' });
      for (let seq = 1; seq <= 1000; seq++) session.append(delta(seq, { market: `M${seq % 25}` }));
      await session.close(closed);
      const unpacked = async () => {
        const plan = await store.query(
          `explain (analyze, format json) select sum(delta) from deltas where market = 'M7'`,
        );
        return functionScans(plan[0]!['QUERY PLAN']);
      };
      expect(await unpacked()).toBe(2);
      await store.compact();
      // Its 40 deltas in chunks of five.
      expect(await unpacked()).toBe(8);
    });

    test('refuses a chunk that does not hold what it says, and goes on with the other sessions', async () => {
      const store = await opened();
      const ids = [];
      for (const recorder of ['broken', 'whole']) {
        const session = await store.openSession({ recorder });
        session.append(delta(1));
        session.append(delta(2));
        await session.close(closed);
        ids.push(session.id);
      }
      await store.close();
      engine = await bed!.engine();
      const break_ = sql`update delta_chunks set records = 3 where session_id = ${ids[0]}::uuid`;
      await engine.transact((run) => run(break_), { doing: 'Breaking it' });
      const compaction = new Compaction(engine, new Partitions(engine), tuning);
      await expect(compaction.compactAll()).rejects.toMatchObject({ code: 'QUERY_FAILED' });
      expect(await compaction.compactAll()).toMatchObject({ moved: 0 });
      const left = await engine.transact((run) => run(sql`select session_id from delta_chunks`), { doing: 'Looking' });
      expect(left).toEqual([{ session_id: ids[0] }]);
    });

    test('leaves what retention drops, and what it counts, as they were', async () => {
      const today = dayOf(Date.now());
      const store = await opened();
      const session = await store.openSession({ recorder: 'desk-1' });
      for (const record of marketData(3, 200, (today - 9) * dayMs)) session.append(record);
      session.append(delta(1, { epoch: 1000, receivedAtMs: Date.now() }));
      const row = await session.close(closed);
      await store.compact();
      await store.close();
      engine = await bed!.engine();
      const dropped = await new Partitions(engine).dropExpired(dayMs);
      expect(dropped.some((name) => name.startsWith('market_chunks'))).toBe(true);
      expect(dropped.some((name) => name.startsWith('keyframes'))).toBe(true);
      const { last_record_at: _, ...counted } = await engine.transact((run) => storedCounters(run, session.id), {
        doing: 'Counting',
      });
      expect(row).toMatchObject(counted);
      const [left] = await engine.transact((run) => run(sql`select count(*) as deltas from deltas`), {
        doing: 'Looking',
      });
      expect(left).toEqual({ deltas: 1 });
    });

    test('runs by itself, once the deltas are old enough', async () => {
      const runtime = new ManualRuntime();
      const store = await opened({ runtime, compaction: { everyMs: 1000, afterMs: 300_000 } });
      const session = await store.openSession({ recorder: 'desk-1' });
      session.append(delta(1, { receivedAtMs: Date.now() }));
      session.append(delta(1, { sid: 2, receivedAtMs: Date.now() - 301_000 }));
      await session.flush();
      const moved = async () => {
        // Little by little: a transaction that is under way has a deadline.
        runtime.advance(100);
        return store.query('select sid from market_chunks');
      };
      await expect.poll(moved).toEqual([{ sid: 2 }]);
      expect(await store.query('select sid from delta_chunks')).toEqual([{ sid: 1 }]);
    });
  });

  describe(`keyframes on ${name}`, () => {
    let bed: TestBed | undefined;
    let store: SessionStore;
    beforeEach(async () => {
      bed = await newBed(given);
      store = await bed.store({ batch: { maxAgeMs: 1e9 }, keyframes });
    });
    afterEach(async () => {
      await store?.close();
      await bed?.done();
      bed = undefined;
    });

    const stored = async () => store.query('select seq, yes_prices, yes_sizes from keyframes order by seq');

    test('begin again with the snapshot after a hole', async () => {
      const session = await store.openSession({ recorder: 'desk-1' });
      const busy = (from: number, to: number) => {
        for (let seq = from; seq <= to; seq++) session.append(delta(seq, { receivedAtMs: atMs + 500 * seq }));
      };
      session.append(snapshot(1));
      busy(2, 199);
      session.append(gap({ firstSeq: 200, lastSeq: 200, fromAtMs: atMs + 99_600, toAtMs: atMs + 100_400 }));
      busy(201, 499);
      session.append(snapshot(500, { receivedAtMs: atMs + 250_000, yes: [[1, 2]], no: [] }));
      busy(501, 700);
      await session.close(closed);
      const keyframes = await stored();
      const within = (from: number, to: number) =>
        keyframes.filter(({ seq }) => (seq as number) >= from && (seq as number) <= to).length;
      expect([within(2, 199), within(200, 500), within(501, 700)]).toEqual([
        expect.toSatisfy((count) => count >= 2),
        0,
        expect.toSatisfy((count) => count >= 2),
      ]);
    });

    test('are there for each day with a delta, however quiet the market', async () => {
      const session = await store.openSession({ recorder: 'desk-1' });
      const noon = (day: number) => ({ receivedAtMs: atMs - (atMs % dayMs) + (day + 0.5) * dayMs });
      session.append(snapshot(1, { ...noon(0), yes: [[4300, 100]], no: [] }));
      for (const [seq, day] of [1, 1, 3].entries()) session.append(delta(seq + 2, { ...noon(day), delta: 1 }));
      await session.close(closed);
      expect(await stored()).toEqual([
        { seq: 2, yes_prices: [4300], yes_sizes: [101] },
        { seq: 4, yes_prices: [4300], yes_sizes: [103] },
      ]);
    });

    test('are not made of a book that does not fit the integers of the store', async () => {
      const session = await store.openSession({ recorder: 'desk-1' });
      session.append(snapshot(1, { yes: [[4300, Number.MAX_SAFE_INTEGER]], no: [] }));
      for (let seq = 2; seq <= 2000; seq++) {
        session.append(delta(seq, { delta: Number.MAX_SAFE_INTEGER, receivedAtMs: atMs + 500 * seq }));
      }
      await session.close(closed);
      expect(await stored()).toEqual([]);
    });
  });
}

/** Fails each transaction at its statement of that number. */
class FragileEngine implements Engine {
  readonly name: Engine['name'];
  readonly #engine: Engine;
  #left: number;

  constructor(engine: Engine, statements: number) {
    this.name = engine.name;
    this.#engine = engine;
    this.#left = statements;
  }

  async transact<T>(work: (run: Run) => Promise<T>, options: Parameters<Engine['transact']>[1]): Promise<T> {
    const fragile =
      (run: Run): Run =>
      async (query) => {
        if (this.#left-- === 0) throw new SessionStoreError('DATABASE_UNREACHABLE', 'cut', { retryable: true });
        return run(query);
      };
    return this.#engine.transact(async (run) => work(fragile(run)), options);
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }
}

/** How often a function was called that makes rows of an array, in a plan that was carried out. */
function functionScans(plan: unknown): number {
  if (typeof plan !== 'object' || plan === null) return 0;
  const node = plan as Record<string, unknown>;
  const own = node['Node Type'] === 'Function Scan' ? (node['Actual Loops'] as number) : 0;
  return Object.values(node).reduce<number>((sum, child) => sum + functionScans(child), own);
}
