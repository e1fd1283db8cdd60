// The views on any engine, whatever was recorded. A few cases of each are a part of the tests, many are a campaign.
import fc from '@trader/testkit/fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSessionStore, type StoreLocation, type StoreRecord } from '../src/index.ts';
import { storeRecords } from './arbitrary-records.ts';
import { isFact } from '../src/batch/fact-fields.ts';
import type { ContractEngine } from './contract.ts';
import { ReusedStore } from './reused-store.ts';
import { storedRecords } from './stored-records.ts';

/** @param runs how many cases are generated */
export function viewProperties(name: string, given: ContractEngine, runs: number): void {
  describe(`the views on ${name}`, () => {
    let location: StoreLocation;
    const stores = new ReusedStore(async (tuning) => createSessionStore({ ...location, ...tuning }), {
      batch: { maxRecords: 7 },
    });
    beforeAll(async () => void (location = await given.location()));
    afterAll(async () => stores.close());

    test('give back exactly what was appended', async () => {
      const store = await stores.open();
      await fc.assert(
        fc.asyncProperty(storeRecords, async (records) => {
          const session = await store.openSession({ recorder: 'generated' });
          for (const record of records) session.append(record);
          await session.close({ status: 'closed', reason: 'test' });
          expect(await storedRecords(store, session.id)).toEqual(inReadingOrder(records));
        }),
        { numRuns: runs },
      );
    });
  });
}

/** As `storedRecords` reads them: by kind, and within it by key. */
function inReadingOrder(records: readonly StoreRecord[]) {
  const ofKind = (kind: string) => records.filter((record) => record.kind === kind);
  const byKey = (one: StoreRecord, other: StoreRecord) => {
    const [left, right] = [one, other] as { epoch: number; sid: number; seq: number }[];
    return left!.epoch - right!.epoch || left!.sid - right!.sid || left!.seq - right!.seq;
  };
  return {
    deltas: ofKind('delta').toSorted(byKey),
    snapshots: ofKind('snapshot').toSorted(byKey),
    trades: ofKind('trade'),
    raw: ofKind('raw'),
    facts: records.filter(isFact),
    gaps: ofKind('gap'),
  };
}
