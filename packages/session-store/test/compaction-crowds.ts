// Many markets on one subscription: a step of compaction takes what it should, whatever the planner makes of it.
import { seededRandom } from '@trader/testkit';
import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { Compaction, type CompactionResult } from '../src/compaction/compaction.ts';
import { dayMs, dayOf } from '../src/database/day.ts';
import { createSessionStore, type StoreRecord } from '../src/index.ts';
import type { Engine, Run, TransactionOptions } from '../src/database/engines/engine.ts';
import { PostgresEngine } from '../src/database/engines/postgres-engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import { Partitions } from '../src/partitions/partitions.ts';
import { atMs, delta, snapshot } from './contract.ts';

/** How many markets there are, how many deltas they have together, and the seed of those. */
export type Crowd = { readonly markets: number; readonly deltas: number; readonly seed: number };

const eveningMs = (dayOf(atMs) + 1) * dayMs - 300_000;
const tuning = { afterMs: 0, everyMs: null, targetRecords: 4096 } as const;

/** Records a crowd into a new database, and compacts it. */
export async function compactCrowd(url: string, crowd: Crowd): Promise<void> {
  const { markets, deltas } = crowd;
  await recordedInto(url, crowded(crowd));
  await using engine = new CountingEngine(url);
  const total = await new Compaction(engine, new Partitions(engine), tuning).compactAll();
  expect(total.moved).toBe(deltas);
  // The days before and after midnight.
  expect(engine.steps).toHaveLength(2);
  const [left] = await engine.transact(
    (run) =>
      run(sql`
        select (select count(*) from delta_chunks) as fresh,
          (select count(*) from market_chunks) as chunks,
          (select sum(records) from market_chunks)::bigint as records`),
    { doing: 'Looking' },
  );
  expect(left).toEqual({ fresh: 0, chunks: 2 * markets, records: deltas });
}

async function recordedInto(url: string, records: Iterable<StoreRecord>): Promise<void> {
  await using store = await createSessionStore({ url, compaction: false });
  const session = await store.openSession({ recorder: 'crowd' });
  for (const record of records) if (session.append(record) === 'full') await session.drained();
  await session.close({ status: 'closed', reason: 'recorded' });
}

/** Books of eighty levels each, for a quarter of an hour around a midnight. */
function* crowded({ markets, deltas, seed }: Crowd): Generator<StoreRecord> {
  const random = seededRandom(seed);
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
