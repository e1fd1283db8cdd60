// Reading back on any engine, whatever was recorded. A few cases of each are a part of the tests, many are a campaign.
import { randomUUID } from 'node:crypto';
import fc from '@trader/testkit/fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSessionStore, type SessionStore, type StoreLocation, type StoreRecord } from '../src/index.ts';
import { bookByHand, feed, feedStartMs } from './arbitrary-feed.ts';
import { storeRecords } from './arbitrary-records.ts';
import type { ContractEngine } from './contract.ts';
import { replayByHand } from './replay-by-hand.ts';
import { ReusedStore } from './reused-store.ts';

/** Small, so that a few records are several pages, chunks of both levels and some keyframes. */
export const smallPages = {
  batch: { maxRecords: 7, maxAgeMs: 1_000_000_000 },
  compaction: { everyMs: 100_000_000, targetRecords: 16 },
  keyframes: { intervalMs: 1000, everyDeltas: 16 },
} as const;

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Records a session and closes it. @returns its id */
export async function recordedIn(
  store: SessionStore,
  records: readonly StoreRecord[],
  recorder = `desk-${randomUUID()}`,
): Promise<string> {
  const session = await store.openSession({ recorder });
  for (const record of records) session.append(record);
  await session.close({ status: 'closed', reason: 'test' });
  return session.id;
}

/** @param runs how many cases are generated */
export function readingProperties(name: string, given: ContractEngine, runs: number): void {
  describe(`reading on ${name}`, () => {
    let location: StoreLocation;
    const stores = new ReusedStore(async (tuning) => createSessionStore({ ...location, ...tuning }), smallPages);
    beforeAll(async () => void (location = await given.location()));
    afterAll(async () => stores.close());

    describe('a replay', () => {
      test('gives back exactly what was appended, each stream in its order, holes in their place', async () => {
        const store = await stores.open();
        await fc.assert(
          fc.asyncProperty(storeRecords, fc.boolean(), async (records, compacts) => {
            const session = await recordedIn(store, records);
            if (compacts) await store.compact();
            expect(await collect(store.replay(session))).toEqual(replayByHand(records));
          }),
          { numRuns: runs },
        );
      });

      test('of some markets or of a time leaves out the rest, and no hole that is theirs', async () => {
        const store = await stores.open();
        await fc.assert(
          fc.asyncProperty(feed, fc.nat(9000), fc.nat(9000), async (records, from, length) => {
            const session = await recordedIn(store, records);
            const [fromMs, toMs] = [feedStartMs + from, feedStartMs + from + length];
            const wanted = replayByHand(records).filter((record) => {
              const market = record.kind === 'raw' ? null : (record.market ?? null);
              const isOf = market === null || market === 'SNOW' || market === 'HAIL';
              if (record.kind === 'gap')
                return isOf && record.fromAtMs < toMs && (record.toAtMs ?? record.fromAtMs) >= fromMs;
              return isOf && record.receivedAtMs >= fromMs && record.receivedAtMs < toMs;
            });
            const markets = ['SNOW', 'HAIL', 'never recorded'];
            expect(await collect(store.replay(session, { markets, fromMs, toMs }))).toEqual(wanted);
          }),
          { numRuns: runs },
        );
      });
    });

    describe('a book at a time', () => {
      test('is the one that anybody works out from the records, at any time', async () => {
        const store = await stores.open();
        await fc.assert(
          fc.asyncProperty(feed, fc.array(fc.nat(12_000), { minLength: 5, maxLength: 5 }), async (records, offsets) => {
            // Each run has markets of its own, as a market's book is over all sessions.
            const run = randomUUID();
            const own = records.map((record) =>
              'market' in record && record.market ? { ...record, market: `${record.market} ${run}` } : record,
            );
            await recordedIn(store, own);
            const lastMs = Math.max(...own.map((record) => (record.kind === 'gap' ? 0 : record.receivedAtMs)));
            for (const compacts of [false, true]) {
              if (compacts) await store.compact();
              for (const offset of [0, ...offsets]) {
                const market = `${['RAIN', 'SNOW', 'HAIL'][offset % 3]!} ${run}`;
                const found = await store.bookAt(market, feedStartMs + offset);
                const { state, yes, no } = bookByHand(own, market, feedStartMs + offset);
                const isOver = feedStartMs + offset > lastMs;
                expect(found.synced, found.why ?? '').toBe(state === 'synced' && !isOver);
                const why = { unknown: /no recording|before first snapshot/, gap: /gap/, synced: /no recording/ };
                expect(found.why ?? '').toMatch(found.synced ? '' : why[state]);
                expect({ yes: found.yes, no: found.no }).toEqual({ yes, no });
                const [interval] = await store.coverage(market, feedStartMs + offset, feedStartMs + offset + 1);
                expect(interval?.covered, interval?.cause ?? '').toBe(found.synced);
              }
            }
          }),
          { numRuns: Math.ceil(runs / 2) },
        );
      });
    });

    describe('a verification', () => {
      test('finds nothing wrong with whatever a feed has lived through', async () => {
        const store = await stores.open();
        await fc.assert(
          fc.asyncProperty(feed, fc.boolean(), async (records, compacts) => {
            const session = await recordedIn(store, records);
            if (compacts) await store.compact();
            const { ok, laws } = await store.verify(session);
            expect(laws.filter((law) => !law.ok)).toEqual([]);
            expect(ok).toBe(true);
            const numbered = records.filter((record) => record.kind !== 'gap' && record.seq !== null);
            expect(laws.find(({ law }) => law === 'no duplicate')?.checked).toBe(numbered.length);
          }),
          { numRuns: runs },
        );
      });
    });
  });
}
