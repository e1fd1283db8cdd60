// Compaction on any engine, whatever was recorded. A few cases of each are a part of the tests, many are a campaign.
import fc from '@trader/testkit/fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSessionStore, type SessionStore, type StoreLocation, type StoreRecord } from '../src/index.ts';
import { marketData } from './arbitrary-market-data.ts';
import { storeRecords } from './arbitrary-records.ts';
import { atMs, type ContractEngine } from './contract.ts';
import { bookKey, naiveBooks } from './naive-books.ts';
import { storedRecords } from './stored-records.ts';

const closed = { status: 'closed', reason: 'test' } as const;

/** Small, so that a few records fill chunks. */
export const tuning = { afterMs: 0, everyMs: null, targetRecords: 5 } as const;

/** Small, so that a few records lie between keyframes. */
export const keyframes = { intervalMs: 20_000, everyDeltas: 50 } as const;

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
  });

  describe(`keyframes on ${name}`, () => {
    let store: SessionStore;
    beforeEach(async () => {
      store = await createSessionStore({ ...(await given.location()), batch: { maxAgeMs: 1e9 }, keyframes });
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
          }
          await session.close(closed);
          const books = naiveBooks(records);
          const stored = await storedKeyframes(store, session.id);
          for (const { key, book } of stored) expect([key, book]).toEqual([key, books.get(key)]);
          made += stored.length;
          const furthest = furthestBack(records, new Set(books.keys()), new Set(stored.map(({ key }) => key)));
          expect(furthest).toBeLessThan(keyframes.everyDeltas / 8);
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

/** What a compacted session must not have: fresh chunks, too large ones, and ones that overlap. */
const leftOver = async (store: SessionStore, session: string) =>
  store.query(
    `select 'fresh' as what from delta_chunks where session_id = $1
    union all
    select 'too large' from market_chunks where session_id = $1 and records > $2
    union all
    select 'overlapping' from market_chunks as one join market_chunks as other
      on one.session_id = other.session_id and one.epoch = other.epoch and one.sid = other.sid
      and one.market_id = other.market_id and one.first_seq < other.first_seq and one.last_seq >= other.first_seq
    where one.session_id = $1`,
    [session, tuning.targetRecords],
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
function furthestBack(records: readonly StoreRecord[], known: ReadonlySet<string>, stored: ReadonlySet<string>) {
  const since = new Map<string, number[]>();
  let furthest = 0;
  for (const record of records) {
    if (record.kind !== 'delta' && record.kind !== 'snapshot') continue;
    const key = `${record.epoch}/${record.sid}/${record.market}`;
    if (record.kind === 'snapshot' || stored.has(bookKey(record))) since.set(key, []);
    else if (known.has(bookKey(record))) {
      const folded = since.get(key)!;
      const old = folded.filter((at) => Math.abs(record.receivedAtMs - at) > keyframes.intervalMs).length;
      furthest = Math.max(furthest, old);
      folded.push(record.receivedAtMs);
    }
  }
  return furthest;
}
