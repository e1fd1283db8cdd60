// The exchange misbehaves in a dozen ways at once while a tape plays. Afterwards the laws hold: no unnamed hole, no
// duplicate, and what was rebuilt from the store is what the exchange has.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '@trader/exchange-simulator';
import { createSessionStore } from '@trader/session-store';
import { temporaryFolder } from '@trader/testkit';
import { expect } from 'vitest';
import type { Database } from '../src/config/load-config.ts';
import { newDatabaseOn, type EngineName } from './databases.ts';
import { makeTape } from './make-tape.ts';
import { FoldedBook, recordTapes, storedRows } from './recording.ts';

const MARKETS = Array.from({ length: 8 }, (_, i) => `KXFAULTY-${i}`);

const delta = { frame: 'orderbook_delta' } as const;

/** As often in a short tape as in a long one. */
const faultsFor = (deltas: number): readonly Fault[] => {
  const each = (times: number) => ({ aim: delta, probability: times / deltas });
  const once = (at: number) => ({ aim: delta, after: Math.round(deltas * at), count: 1 });
  return [
    { kind: 'drop', ...each(18) },
    { kind: 'duplicate', copies: 2, ...each(120) },
    { kind: 'reorder', behind: 3, ...each(18) },
    { kind: 'truncate', ...each(12) },
    { kind: 'unknown-type', sequenced: true, ...each(30) },
    { kind: 'unknown-field', ...each(600) },
    { kind: 'cents-era', era: 'fixed-point', ...each(600) },
    { kind: 'seq-hole', skip: 7, ...once(0.15), count: 2 },
    { kind: 'error', code: 25, ...once(0.33) },
    { kind: 'cut', ...once(0.58) },
    { kind: 'cut', midFrame: true, ...once(0.7) },
    { kind: 'corrupt', how: 'invalid-utf8', ...once(0.8) },
  ];
};

/** Every hole is named, nothing is stored twice, and books in memory and in the store end as the exchange's. */
export async function recordFaultyTape(
  engine: EngineName,
  { deltas, seed }: { readonly deltas: number; readonly seed: number },
): Promise<void> {
  using folder = temporaryFolder('trader-tape-', { inMemory: true });
  const tape = join(folder.path, 'faulty.ndjson');
  writeFileSync(tape, makeTape(MARKETS, deltas, seed));
  const faults = faultsFor(deltas);
  const database = await newDatabaseOn(engine);
  const { row, trader, exchange } = await recordTapes([tape], database, { faults, seed });
  const hits = exchange.totals().faults;
  for (const { kind } of faults) expect(hits[kind], kind).toBeGreaterThan(0);
  const { counters, epoch } = trader.client!.status();
  // The two cuts each cost a connection. Error 25 costs a sid, the broken text a repair.
  expect(epoch).toBe(3);
  for (const name of ['gaps', 'duplicates', 'unapplied', 'unrecognized', 'violations'] as const) {
    expect(counters[name], name).toBeGreaterThan(0);
  }
  expect(counters.desyncs).toBe(0);
  expect(row).toMatchObject({ status: 'closed', gaps: counters.gaps, deltas: counters.deltas });

  const holes = await checkNumbers(database, row.id);
  const stored = new Map(MARKETS.map((market) => [market, new FoldedBook()]));
  for await (const record of storedRows(database, row.id)) stored.get(record.market)!.takeUnlessStale(record, holes);
  for (const market of MARKETS) {
    const truth = exchange.book(market)!;
    for (const side of ['yes', 'no'] as const) {
      expect(trader.client!.book(market)!.levels(side), market).toEqual(truth[side]);
      expect(stored.get(market)!.levels(side), market).toEqual(truth[side]);
    }
  }
}

type Hole = { readonly epoch: number; readonly sid: number; readonly first: number; readonly last: number };

/** Stored numbers and the ledger together are every number from first to last, and no number is stored twice. */
async function checkNumbers(database: Database, sessionId: string): Promise<readonly Hole[]> {
  await using store = await createSessionStore(database);
  const numbers = await store.query(
    `select epoch, sid::int as sid, seq::int as seq from deltas where session_id = $1 union all
     select epoch, sid::int, seq::int from snapshot_frames where session_id = $1 union all
     select epoch, sid::int, seq::int from raw_frames where session_id = $1 and seq is not null`,
    [sessionId],
  );
  const gaps = await store.query(
    'select epoch, sid::int as sid, first_seq::int as first, last_seq::int as last, cause from gaps where session_id = $1',
    [sessionId],
  );
  const holes = gaps.map(({ epoch, sid, first, last }) => ({
    epoch: Number(epoch),
    sid: Number(sid),
    first: Number(first),
    last: last === null ? Infinity : Number(last),
  }));
  const bySid = Map.groupBy(numbers, ({ epoch, sid }) => `${Number(epoch)}/${Number(sid)}`);
  for (const [stream, rows] of bySid) {
    const seen = new Set(rows.map(({ seq }) => Number(seq)));
    expect(seen.size, stream).toBe(rows.length);
    const last = Math.max(...seen);
    const unnamed: number[] = [];
    for (let seq = 1; seq <= last; seq++) {
      const named = holes.some(
        (hole) => `${hole.epoch}/${hole.sid}` === stream && seq >= hole.first && seq <= hole.last,
      );
      if (!seen.has(seq) && !named) unnamed.push(seq);
    }
    expect(unnamed, stream).toEqual([]);
  }
  return holes;
}
