// Compaction on any engine, whatever was recorded. A few cases of each are a part of the tests, many are a campaign.
import fc from '@trader/testkit/fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSessionStore, type SessionStore, type StoreLocation, type StoreRecord } from '../src/index.ts';
import { marketData } from './arbitrary-market-data.ts';
import { storeRecords } from './arbitrary-records.ts';
import { atMs, delta, type ContractEngine } from './contract.ts';
import { bookKey, naiveBooks } from './naive-books.ts';
import { storedRecords } from './stored-records.ts';

const closed = { status: 'closed', reason: 'test' } as const;

/** Small, so that a few records fill chunks, are merged more than once, and lie between keyframes. */
export const tuning = { afterMs: 0, everyMs: null, targetRecords: 5, keyframeIntervalMs: 20_000 } as const;

/** Batches of a few records, and no compaction but by hand. */
export const byHand = {
  batch: { maxRecords: 7, maxAgeMs: 1_000_000_000 },
  compaction: { ...tuning, everyMs: 1_000_000_000 },
} as const;

/** @param runs how many cases are generated */
export function compactionProperties(name: string, given: ContractEngine, runs: number): void {
  describe(`compaction on ${name}`, () => {
    let location: StoreLocation;
    let store: SessionStore;
    beforeEach(async () => {
      location = await given.location();
      store = await createSessionStore({ ...location, ...byHand });
    });
    afterEach(async () => store.close());

    test('changes nothing that the views show, whatever was recorded and whenever it runs', async () => {
      await fc.assert(
        fc.asyncProperty(storeRecords, fc.array(fc.nat(40), { maxLength: 3 }), async (records, pauses) => {
          const session = await store.openSession({ recorder: 'generated' });
          for (const [index, record] of records.entries()) {
            session.append(record);
            if (!pauses.includes(index)) continue;
            await session.flush();
            await store.compact();
          }
          await session.close(closed);
          const row = (await store.sessions({ limit: 1 }))[0];
          const before = await storedRecords(store, session.id);
          await store.compact();
          expect(await storedRecords(store, session.id)).toEqual(before);
          expect(before.deltas).toEqual(inOrder(records.filter(({ kind }) => kind === 'delta')));
          expect((await store.sessions({ limit: 1 }))[0]).toEqual(row);
          expect(await leftOver(store, session.id)).toEqual([]);
        }),
        { numRuns: runs },
      );
    });

    test('merges small chunks until they are full, and never into ones that overlap', async () => {
      await store.close();
      store = await createSessionStore({
        ...location,
        ...byHand,
        compaction: { ...byHand.compaction, targetRecords: 400 },
      });
      const session = await store.openSession({ recorder: 'desk-1' });
      const levels = new Set<unknown>();
      // A level takes eight times as many steps as the one below.
      const [steps, reached] = runs < 30 ? [18, [1, 2, null]] : [72, [1, 2, 3, null]];
      for (let [step, seq] = [1, 0]; step <= steps; step++) {
        // Now and then so many at once that they make a full chunk, behind small ones.
        for (let more = step % (steps / 2) === 0 ? 250 : 3; more > 0; more--) {
          session.append(delta(++seq, { market: more === 1 ? 'SNOW' : 'RAIN', receivedAtMs: Date.now() }));
        }
        await session.flush();
        await store.compact();
        const chunks = await store.query('select level from market_chunks');
        for (const { level } of chunks) levels.add(level);
        // At most seven of each of three levels for two markets, and the full ones.
        expect(chunks.length).toBeLessThanOrEqual(2 * 3 * 7 + 8);
      }
      expect(levels).toEqual(new Set(reached));
      await session.close(closed);
      await store.compact();
      expect(await leftOver(store, session.id, 400)).toEqual([]);
    });
  });

  describe(`keyframes on ${name}`, () => {
    let store: SessionStore;
    beforeEach(async () => {
      const compaction = { targetRecords: 50, keyframeIntervalMs: tuning.keyframeIntervalMs, everyMs: 1e9 };
      store = await createSessionStore({ ...(await given.location()), batch: { maxAgeMs: 1e9 }, compaction });
    });
    afterEach(async () => store.close());

    test('are the folded book, exactly, and are never far back', async () => {
      let made = 0;
      await fc.assert(
        fc.asyncProperty(fc.integer(), fc.integer({ min: 20, max: 1500 }), async (seed, step) => {
          const session = await store.openSession({ recorder: 'generated' });
          const records = marketData(seed, 1500, atMs);
          for (let from = 0; from < records.length; from += step) {
            for (const record of records.slice(from, from + step)) session.append(record);
            await session.flush();
            await store.compact();
          }
          await session.close(closed);
          const books = naiveBooks(records);
          const keyframes = await storedKeyframes(store, session.id);
          for (const { key, book } of keyframes) expect([key, book]).toEqual([key, books.get(key)]);
          made += keyframes.length;
          const furthest = furthestBack(records, new Set(books.keys()), new Set(keyframes.map(({ key }) => key)));
          // An eighth of a chunk.
          expect(furthest).toBeLessThanOrEqual(50 / 8);
        }),
        { numRuns: Math.ceil(runs / 5) },
      );
      expect(made).toBeGreaterThan(3 * Math.ceil(runs / 5));
    });
  });
}

function inOrder(records: readonly StoreRecord[]): readonly StoreRecord[] {
  return records.toSorted((one, other) => {
    const [left, right] = [one, other] as { epoch: number; sid: number; seq: number }[];
    return left!.epoch - right!.epoch || left!.sid - right!.sid || left!.seq - right!.seq;
  });
}

/** What a compacted session must not have: fresh chunks, unmerged ones, too large ones, and ones that overlap. */
const leftOver = async (store: SessionStore, session: string, targetRecords: number = tuning.targetRecords) =>
  store.query(
    `select 'fresh' as what from delta_chunks where session_id = $1
    union all
    select 'unmerged' from market_chunks where session_id = $1 and level is not null
    union all
    select 'too large' from market_chunks where session_id = $1 and records > $2
    union all
    select 'overlapping' from market_chunks as one join market_chunks as other
      on one.session_id = other.session_id and one.epoch = other.epoch and one.sid = other.sid
      and one.market_id = other.market_id and one.first_seq < other.first_seq and one.last_seq >= other.first_seq
    where one.session_id = $1`,
    [session, targetRecords],
  );

async function storedKeyframes(store: SessionStore, session: string) {
  const rows = await store.query('select * from keyframes where session_id = $1', [session]);
  const levels = (row: Record<string, unknown>, side: string) =>
    (row[`${side}_prices`] as number[]).map((price, index) => [price, (row[`${side}_sizes`] as number[])[index]]);
  return rows.map((row) => ({
    key: bookKey(row as { epoch: number; sid: number; seq: number }),
    book: { yes: levels(row, 'yes'), no: levels(row, 'no') },
  }));
}

/**
 * The most deltas that were older than an interval before the one whose book is wanted, and had to be folded all the same, over
 * all deltas whose book is known.
 */
function furthestBack(records: readonly StoreRecord[], known: ReadonlySet<string>, keyframes: ReadonlySet<string>) {
  const since = new Map<string, number[]>();
  let furthest = 0;
  for (const record of records) {
    if (record.kind !== 'delta' && record.kind !== 'snapshot') continue;
    const key = `${record.epoch}/${record.sid}/${record.market}`;
    if (record.kind === 'snapshot' || keyframes.has(bookKey(record))) since.set(key, []);
    else if (known.has(bookKey(record))) {
      const folded = since.get(key)!;
      const old = folded.filter((at) => Math.abs(record.receivedAtMs - at) > tuning.keyframeIntervalMs).length;
      furthest = Math.max(furthest, old);
      folded.push(record.receivedAtMs);
    }
  }
  return furthest;
}
