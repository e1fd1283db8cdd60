// Many markets on one subscription: what a step of compaction takes is bounded by counts, whatever the planner makes of it.
import { seededRandom, startPostgres, type TestPostgres } from '@trader/testkit';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Compaction, type CompactionResult } from '../src/compaction.ts';
import { dayMs, dayOf } from '../src/core/day.ts';
import { createSessionStore, type StoreRecord } from '../src/index.ts';
import type { Engine, Run, TransactionOptions } from '../src/io/engine.ts';
import { PostgresEngine } from '../src/io/postgres-engine.ts';
import { systemRuntime } from '../src/io/runtime.ts';
import { Partitions } from '../src/partitions.ts';
import { freshChunks, listFresh, moveFresh } from '../src/queries/compact-fresh.ts';
import { findUnmerged, type MergePlace } from '../src/queries/compact-merge.ts';
import { atMs, delta, snapshot } from './contract.ts';

let server: TestPostgres;
beforeAll(async () => void (server = await startPostgres()));
afterAll(() => server?.stop());

const markets = 1000;
const deltas = 150_000;
const eveningMs = (dayOf(atMs) + 1) * dayMs - 300_000;
const tuning = { afterMs: 0, everyMs: null, targetRecords: 4096, keyframeIntervalMs: 60_000 } as const;

test('a recording of a thousand markets is compacted in steps of a bounded size', async () => {
  const url = await server.createDatabase();
  await recordedInto(url, crowd());
  await using engine = new CountingEngine(url);
  const total = await new Compaction(engine, new Partitions(engine), tuning).compactAll();
  expect(total.moved).toBe(deltas);
  for (const { moved, merged } of engine.steps) {
    expect(moved).toBeLessThanOrEqual(65_536);
    // The merge that fills it up may be one of a full chunk.
    expect(merged).toBeLessThanOrEqual(65_536 + tuning.targetRecords);
  }
  // The first move is a small one, as it is not known how long it takes.
  expect(engine.steps.length).toBeLessThanOrEqual(2 * Math.ceil(deltas / 32_768) + 4);
  expect(total.merged).toBeLessThanOrEqual(2 * deltas);
  const [left] = await engine.transact(
    (run) =>
      run(sql`
        select (select count(*) from delta_chunks) as fresh,
          (select count(*) from market_chunks where level is not null) as unmerged,
          (select count(*) from market_chunks) as chunks,
          (select sum(records) from market_chunks)::bigint as records,
          (select count(distinct market_id) from keyframes) as markets`),
    { doing: 'Looking' },
  );
  expect(left).toEqual({ fresh: 0, unmerged: 0, chunks: 2 * markets, records: deltas, markets });
}, 120_000);

test('what waits to be merged is looked at market by market, each once and with all of its chunks', async () => {
  const url = await server.createDatabase();
  await using engine = new CountingEngine(url);
  await using store = await createSessionStore({ url, compaction: false });
  await new Partitions(engine).coverDay(dayOf(atMs));
  const session = await store.openSession({ recorder: 'desk-1' });
  // Ten small chunks of each of five markets, on two subscriptions.
  for (let seq = 1; seq <= 50; seq++) {
    for (const sid of [1, 2]) session.append(delta(seq, { market: `M${seq % 5}`, sid }));
    if (seq % 5 > 0) continue;
    await session.flush();
    await engine.transact(
      async (run) => {
        for (const { stream } of await listFresh(run, new Set()))
          await moveFresh(run, stream, await freshChunks(run, stream), 4096);
      },
      { doing: 'Moving' },
    );
  }
  const looks = async (mostChunks: number) =>
    engine.transact(
      async (run) => {
        const found = [];
        for (let after: MergePlace | null = null; ;) {
          const unmerged = await findUnmerged(run, { targetRecords: 4096, after, mostChunks, except: new Set() });
          if (!unmerged) return found;
          const { stream, chunks, upTo } = unmerged;
          for (const { marketId, records } of chunks) found.push([stream.sid, marketId, records]);
          after = upTo;
        }
      },
      { doing: 'Looking' },
    );
  const all = await looks(4000);
  expect(all).toHaveLength(2 * 5 * 10);
  // However small a look is, also when it sees less than one market has, as long as that is enough to be due.
  for (const mostChunks of [8, 10, 11, 25, 50]) expect(await looks(mostChunks)).toEqual(all);
  await session.close({ status: 'closed', reason: 'test' });
}, 60_000);

async function recordedInto(url: string, records: Iterable<StoreRecord>): Promise<void> {
  await using store = await createSessionStore({ url, compaction: false });
  const session = await store.openSession({ recorder: 'crowd' });
  for (const record of records) if (!session.append(record)) await session.drained();
  await session.close({ status: 'closed', reason: 'recorded' });
}

/** Books of eighty levels each, for a quarter of an hour around a midnight, after which each market is due a keyframe. */
function* crowd(): Generator<StoreRecord> {
  const random = seededRandom(7);
  const pick = (most: number) => Math.floor(random() * most);
  const side = Array.from({ length: 40 }, (_, index) => [100 * (index + 1), 1_000_000] as const);
  for (let market = 0; market < markets; market++) {
    yield snapshot(market + 1, { market: `M${market}`, receivedAtMs: eveningMs, yes: side, no: side });
  }
  for (let index = 0; index < deltas; index++) {
    yield delta(markets + index + 1, {
      market: `M${pick(markets)}`,
      side: random() < 0.5 ? 'yes' : 'no',
      price: 100 * (1 + pick(40)),
      delta: pick(200) - 100,
      receivedAtMs: eveningMs + Math.floor((index * 900_000) / deltas),
    });
  }
}

/** Keeps what each step did. */
class CountingEngine implements Engine, AsyncDisposable {
  readonly name = 'postgres';
  readonly steps: CompactionResult[] = [];
  readonly #engine: PostgresEngine;

  constructor(url: string) {
    this.#engine = new PostgresEngine(url, 15_000, systemRuntime);
  }

  async transact<T>(work: (run: Run) => Promise<T>, options: TransactionOptions): Promise<T> {
    const result = await this.#engine.transact(work, options);
    const step: unknown = result;
    if (typeof step === 'object' && step !== null && 'moved' in step) this.steps.push(step as CompactionResult);
    return result;
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
