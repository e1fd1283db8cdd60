// Reading back what was recorded, on any engine: a part of the contract.
import { randomUUID } from 'node:crypto';
import { ManualRuntime } from '@trader/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SessionStore, type SessionStoreTuning, type StoreRecord } from '../src/index.ts';
import type { Engine } from '../src/database/engines/engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import type { Read } from '../src/reading/read.ts';
import { Reader } from '../src/reading/reader.ts';
import { bookByHand } from './arbitrary-feed.ts';
import { atMs, delta, gap, raw, snapshot, trade, type ContractEngine } from './contract.ts';
import { collect, recordedIn, smallPages } from './reading-properties.ts';
import { ReusedStore } from './reused-store.ts';
import { newBed, type TestBed } from './test-bed.ts';

const closed = { status: 'closed', reason: 'test' } as const;
const nobody = '00000000-0000-4000-8000-000000000000';

export function readingContract(name: string, given: ContractEngine): void {
  describe(`reading on ${name}`, () => {
    let bed: TestBed;
    let store: SessionStore;
    const stores = new ReusedStore(async (tuning) => bed.store(tuning), smallPages);

    const opened = async (options?: SessionStoreTuning) =>
      void (store = await (options ? stores.reopen(options) : stores.open()));

    const recorded = async (records: readonly StoreRecord[], recorder?: string) => recordedIn(store, records, recorder);

    beforeAll(async () => void (bed = await newBed(given)));
    afterAll(async () => {
      await stores.close();
      await bed?.done();
    });

    describe('a replay', () => {
      test('puts a hole before the first record after it, and a lost connection before the next epoch', async () => {
        await opened();
        const records = [
          snapshot(1),
          delta(2),
          gap({ firstSeq: 3, lastSeq: 5, fromAtMs: atMs + 2, toAtMs: atMs + 6 }),
          delta(6),
          gap({ firstSeq: 7, lastSeq: null, fromAtMs: atMs + 6, toAtMs: null, cause: 'connection lost' }),
          snapshot(1, { epoch: 2, receivedAtMs: atMs + 6 }),
        ];
        expect(await collect(store.replay(await recorded(records)))).toEqual(records);
      });

      test('reads more than a page of chunks of both levels, also while they are being rewritten', async () => {
        await opened({ batch: { maxRecords: 500 }, compaction: { everyMs: 100_000_000, targetRecords: 4000 } });
        const records = Array.from({ length: 21_000 }, (_, index) =>
          delta(index + 1, {
            market: `M-${index % 7}`,
            receivedAtMs: atMs + Math.floor(index / 10),
            exchangeAtMs: null,
          }),
        );
        const session = await recorded(records);
        let [seen, next] = [0, 1];
        for await (const record of store.replay(session)) {
          if (record.kind !== 'delta' || record.seq !== next++) break;
          if (++seen === 1) await store.compact();
        }
        expect(seen).toBe(21_000);
        const markets = ['M-3', 'M-5'];
        const some = await collect(store.replay(session, { markets, fromMs: atMs + 500, toMs: atMs + 1500 }));
        expect(some).toEqual(
          records.filter((record) => {
            const { market, receivedAtMs } = record as StoreRecord & { kind: 'delta' };
            return markets.includes(market) && receivedAtMs >= atMs + 500 && receivedAtMs < atMs + 1500;
          }),
        );
      });

      test('at a speed gives each record when its time has come', async () => {
        const runtime = new ManualRuntime();
        await opened();
        const session = await recorded([snapshot(1), delta(11), delta(31), raw({ receivedAtMs: atMs + 41 })]);
        await opened({ runtime });
        const replay = store.replay(session, { speed: 10 })[Symbol.asyncIterator]();
        const began = runtime.monotonicMs();
        const came: number[] = [];
        const all = (async () => {
          for (let item = await replay.next(); item.done !== true; item = await replay.next()) {
            came.push(runtime.monotonicMs() - began);
          }
        })();
        for (const count of [1, 2, 3, 4]) {
          await expect
            .poll(
              () => {
                if (came.length < count) runtime.advance(0.5);
                return came.length;
              },
              { interval: 1 },
            )
            .toBeGreaterThanOrEqual(count);
        }
        await all;
        // 10, 30 and 40 ms after the first, ten times as fast; the test's clock moves in halves of a ms.
        expect(came.map((ms, index) => ms - came[0]! >= [0, 1, 3, 4][index]!)).toEqual([true, true, true, true]);
        expect(() => store.replay(session, { speed: 0 })).toThrow(RangeError);
      });

      test('ends when it is told to, also while it waits, and leaves no timer', async () => {
        const runtime = new ManualRuntime();
        await opened();
        const session = await recorded([snapshot(1), delta(2, { receivedAtMs: atMs + 1_000_000_000 })]);
        await opened({ runtime, lease: { durationMs: 60_000 } });
        const armed = runtime.armedTimers;
        const ended = new AbortController();
        const reason = new Error('enough');
        const aborted = store.replay(session, { speed: 1, signal: ended.signal })[Symbol.asyncIterator]();
        expect(await aborted.next()).toMatchObject({ value: { seq: 1 } });
        const waiting = aborted.next();
        await expect.poll(() => runtime.armedTimers).toBeGreaterThan(armed);
        ended.abort(reason);
        await expect(waiting).rejects.toBe(reason);
        expect(await aborted.next()).toEqual({ done: true, value: undefined });

        const left = store.replay(session, { speed: 1 })[Symbol.asyncIterator]();
        await left.next();
        const pending = left.next();
        await expect.poll(() => runtime.armedTimers).toBeGreaterThan(armed);
        await Promise.all([left.return!(), left.return!()]);
        expect(await pending).toEqual({ done: true, value: undefined });
        await expect.poll(() => runtime.armedTimers).toBe(armed);
        await expect(collect(store.replay(nobody))).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
        await expect(collect(store.replay('x'))).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
      });

      test('gives what several callers ask for at once in turn', async () => {
        await opened();
        const session = await recorded([snapshot(1), delta(2), delta(3)]);
        const replay = store.replay(session)[Symbol.asyncIterator]();
        const items = await Promise.all(Array.from({ length: 5 }, async () => replay.next()));
        expect(items.map(({ value }) => (value as { seq?: number } | undefined)?.seq)).toEqual([
          1,
          2,
          3,
          undefined,
          undefined,
        ]);
      });
    });

    describe('a book at a time', () => {
      test('says what it was rebuilt from, and why it is not in sync', async () => {
        await opened();
        const market = `M ${randomUUID()}`;
        const session = await recorded(
          [
            snapshot(1, { market }),
            delta(2, { market, price: 4200, delta: -1000 }),
            gap({ firstSeq: 3, lastSeq: 5, fromAtMs: atMs + 2, toAtMs: atMs + 2 }),
            // In the same ms, and after the hole all the same.
            delta(6, { market, receivedAtMs: atMs + 2 }),
          ],
          'named',
        );
        const base = { kind: 'snapshot', session, recorder: 'named', epoch: 1, sid: 1, seq: 1, receivedAtMs: atMs + 1 };
        expect(await store.bookAt(market, atMs + 1)).toEqual({
          market,
          atMs: atMs + 1,
          synced: true,
          why: null,
          base,
          lastSeq: 1,
          lastReceivedAtMs: atMs + 1,
          yes: [[4200, 1000]],
          no: [[5600, 250]],
        });
        const broken = await store.bookAt(market, atMs + 2);
        expect(broken).toMatchObject({ synced: false, why: 'gap', gap: { firstSeq: 3 }, base, lastSeq: 2, yes: [] });
        expect(await store.bookAt('never recorded', atMs)).toMatchObject({
          synced: false,
          why: 'no recording',
          base: null,
        });
        await expect(store.bookAt(market, Number.NaN)).rejects.toThrow(RangeError);
      });

      test('is rebuilt from a keyframe, once there is one', async () => {
        await opened();
        const market = `M ${randomUUID()}`;
        const changes = Array.from({ length: 300 }, (_, index) =>
          delta(index + 2, { market, price: 100 * (index % 7), receivedAtMs: atMs + 20 * index }),
        );
        const records = [snapshot(1, { market, receivedAtMs: atMs }), ...changes];
        await recorded(records);
        await store.compact();
        const kinds = new Set<string | undefined>();
        for (let at = 0; at < 6000; at += 130) {
          const { base, yes, no } = await store.bookAt(market, atMs + at);
          const byHand = bookByHand(records, market, atMs + at);
          expect({ yes, no }).toEqual({ yes: byHand.yes, no: byHand.no });
          kinds.add(base?.kind);
        }
        expect([...kinds]).toEqual(['snapshot', 'keyframe']);
      });

      test('is of the recorder that is in sync, where several recorded', async () => {
        await opened();
        const market = `M ${randomUUID()}`;
        const steady = await recorded([snapshot(1, { market }), delta(2, { market, receivedAtMs: atMs + 1000 })]);
        const broken = await recorded([
          snapshot(5, { market, yes: [[1, 1]] }),
          gap({ firstSeq: 6, lastSeq: null, fromAtMs: atMs + 500, toAtMs: null }),
          raw({ epoch: 2, receivedAtMs: atMs + 1000 }),
        ]);
        expect((await store.bookAt(market, atMs + 400)).base).toMatchObject({ session: broken });
        expect(await store.bookAt(market, atMs + 700)).toMatchObject({ synced: true, base: { session: steady } });
      });

      test('is of the recorder that is in sync behind any number of broken ones', async () => {
        await opened();
        const market = `M ${randomUUID()}`;
        const steady = await recorded([snapshot(1, { market }), delta(2, { market, receivedAtMs: atMs + 1000 })]);
        const snapshots = Array.from({ length: 40 }, (_, index) =>
          snapshot(5 + index, { market, receivedAtMs: atMs + 100 + index }),
        );
        const hole = gap({ firstSeq: 45, lastSeq: null, fromAtMs: atMs + 200, toAtMs: null });
        for (let broken = 0; broken < 3; broken++) {
          await recorded([...snapshots, hole, raw({ epoch: 2, receivedAtMs: atMs + 1000 })]);
        }
        expect(await store.bookAt(market, atMs + 700)).toMatchObject({ synced: true, base: { session: steady } });
      });
    });

    describe('the coverage of a market', () => {
      test('names each interval, over all sessions', async () => {
        await opened();
        const market = `M ${randomUUID()}`;
        const other = { market: 'another' };
        const first = await recorded([
          snapshot(1, { receivedAtMs: atMs, ...other }),
          snapshot(2, { market, receivedAtMs: atMs + 100 }),
          delta(3, { market, receivedAtMs: atMs + 200 }),
          gap({ firstSeq: 4, lastSeq: 5, fromAtMs: atMs + 200, toAtMs: atMs + 300, cause: 'sequence gap' }),
          delta(6, { market, receivedAtMs: atMs + 300 }),
          snapshot(7, { market, receivedAtMs: atMs + 350 }),
          delta(8, { market, receivedAtMs: atMs + 399 }),
        ]);
        const second = await recorded([
          snapshot(1, { market, receivedAtMs: atMs + 500 }),
          gap({ firstSeq: 2, lastSeq: null, fromAtMs: atMs + 600, toAtMs: null, cause: 'connection lost' }),
          raw({ epoch: 2, receivedAtMs: atMs + 699 }),
        ]);
        const of = (fromMs: number, toMs: number, cause: string | null, session: string | null) => ({
          fromMs: atMs + fromMs,
          toMs: atMs + toMs,
          covered: cause === null,
          cause,
          session,
        });
        expect(await store.coverage(market, atMs, atMs + 1000)).toEqual([
          of(0, 100, 'not recorded', null),
          of(100, 200, null, first),
          of(200, 350, 'sequence gap', first),
          of(350, 400, null, first),
          of(400, 500, 'session ended as closed: test', first),
          of(500, 600, null, second),
          of(600, 700, 'connection lost', second),
          of(700, 1000, 'session ended as closed: test', second),
        ]);
        const never = await store.coverage('never recorded', atMs, atMs + 10);
        expect(never).toEqual([of(0, 10, 'not recorded', null)]);
      });
    });

    describe('a verification', () => {
      test('says what it looked at, and that prices cross where it is told when they do', async () => {
        await opened();
        const session = await recorded([
          snapshot(1),
          delta(2, { side: 'yes', price: 5000 }),
          gap({ firstSeq: 3, lastSeq: 9 }),
          delta(10),
          trade(1),
          raw(),
        ]);
        await expect(store.verify(nobody)).rejects.toMatchObject({ code: 'SESSION_UNKNOWN' });
        expect((await store.verify(session, { maxPriceSum: 10_600 })).ok).toBe(true);
        const { ok, laws } = await store.verify(session, { maxPriceSum: 10_000 });
        expect(ok).toBe(false);
        expect(laws.map(({ law, ok, checked }) => [law, ok, checked])).toEqual([
          ['session row', true, 4],
          ['no orphan', true, 1],
          ['counters', true, 16],
          ['readable', true, 5],
          ['no unnamed hole', true, 11],
          ['no duplicate', true, 4],
          ['books fold', false, 1],
        ]);
        expect(laws.at(-1)?.problems).toMatchObject([
          { sid: 1, firstSeq: 2, message: expect.stringContaining('10600') },
        ]);
      });

      describe('finds what somebody did to the rows:', () => {
        // In one batch of seven each: the snapshot and deltas 2 to 7, deltas 9 to 15.
        const records = [
          snapshot(1),
          ...[2, 3, 4, 5, 6, 7].map((seq) => delta(seq)),
          gap({ firstSeq: 8, lastSeq: 8, fromAtMs: atMs + 7, toAtMs: atMs + 9 }),
          ...[9, 10, 11, 12, 13, 14, 15].map((seq) => delta(seq)),
        ];
        const ofSession = 'where session_id = $1';
        const chunk = (firstSeq: number) => `${ofSession} and first_seq = ${firstSeq}`;
        /** What is done to the rows of session $1, and which laws that breaks. */
        const defects: readonly [what: string, damage: string, laws: readonly string[]][] = [
          ['the last chunk is gone', `delete from delta_chunks ${chunk(9)}`, ['session row', 'counters']],
          ['a chunk is gone', `delete from delta_chunks ${chunk(2)}`, ['counters', 'no unnamed hole']],
          ['a counter was changed', `update sessions set deltas = deltas + 1 where id = $1`, ['counters']],
          [
            'a lifetime counter was changed',
            `update recorders set trades = -1 where name = (select recorder from sessions where id = $1)`,
            ['counters'],
          ],
          [
            'a chunk is there twice',
            `insert into delta_chunks
              select session_id, epoch, sid, first_seq, last_seq, records, received_at + interval '1 millisecond',
                skipped, market_ids, yes, prices, deltas, received_offsets, delays
              from delta_chunks ${chunk(2)}`,
            ['counters', 'no duplicate'],
          ],
          ['a row of the ledger is gone', `delete from gap_records ${ofSession}`, ['counters', 'no unnamed hole']],
          ['a change was changed', `update delta_chunks set deltas[3] = -1000000 ${chunk(2)}`, ['books fold']],
          [
            'a column was cut',
            `update delta_chunks set prices = prices[1:2] ${chunk(2)}`,
            ['counters', 'readable', 'no unnamed hole'],
          ],
          [
            'it came back to life',
            `update sessions set status = 'active', ended_at = null, end_reason = null, owner = 'nobody',
              lease_until = now() - interval '1 minute' where id = $1`,
            ['no orphan'],
          ],
        ];
        let damaged: TestBed;
        let engine: Engine;
        let reader: Reader;
        const sessions = new Map<string, string>();

        beforeAll(async () => {
          damaged = await newBed(given);
          const first = await damaged.store({ batch: { maxRecords: 8, maxAgeMs: 1_000_000_000 } });
          for (const [what] of defects) {
            const session = await first.openSession({ recorder: what });
            for (const record of records) session.append(record);
            await session.close(closed);
            sessions.set(what, session.id);
          }
          await first.close();
          engine = await damaged.engine();
          const read: Read = async (query, doing) =>
            engine.transact(async (run) => run(query), { doing, readOnly: true });
          reader = new Reader(read, systemRuntime);
        });
        afterAll(async () => {
          await engine?.close();
          await damaged?.done();
        });

        test.each(defects)('%s', async (what, damage, laws) => {
          const session = sessions.get(what)!;
          expect(await reader.verify(session)).toMatchObject({ ok: true });
          const statement = { text: damage, parameters: [session] };
          await engine.transact(async (run) => run(statement), { doing: 'Damaging' });
          const found = await reader.verify(session);
          expect(found.ok).toBe(false);
          expect(found.laws.filter(({ ok }) => !ok).map(({ law }) => law)).toEqual(laws);
        });
      });
    });
  });
}
