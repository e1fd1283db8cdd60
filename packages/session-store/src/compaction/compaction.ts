// Rows in the order of arrival become rows of one market each. In go a subscription's chunks, as soon as there are enough of them;
// out come fewer and larger ones that hold the same deltas. The views show the same before and after.
import { dayOf } from '../database/day.ts';
import type { SessionStoreError } from '../errors.ts';
import type { Engine, Run } from '../database/engines/engine.ts';
import type { Job } from '../background/maintenance.ts';
import type { ResolvedOptions } from '../options.ts';
import type { Partitions } from '../partitions/partitions.ts';
import { takeTurn } from './compact-turn.ts';
import { findDue, freshChunks, listFresh, moveChunks, type FreshStream, type StreamKey } from './fresh-chunks.ts';
import { takeRun, type ChunkSpan } from './take-run.ts';
import type { SessionId } from '../records.ts';

/** What a compaction did. */
export type CompactionResult = {
  /** Deltas that were moved from chunks in order of arrival into chunks of one market. */
  readonly moved: number;
};

/**
 * Deltas of one step, and how many a stream has when it is due. The more, the fewer and larger chunks come out, of a thousand markets five
 * hundred deltas each; but an embedded database does one transaction after the other, so that a write waits for a step.
 */
const stepRecords: Readonly<Record<Engine['name'], number>> = { postgres: 524_288, pglite: 131_072 };

/** Steps of one timed run; whatever else is to be done in the background has its turn then. */
const stepsPerRun = 10;

const inBackground = { doing: 'Compacting', lane: 'background', timeoutMs: 60_000 } as const;

/**
 * Rewrites fresh chunks, step by step, each a transaction in which deltas leave one place and come to the other: whoever reads sees
 * each of them once, whenever the process dies. A delta is rewritten once.
 */
export class Compaction {
  readonly #engine: Engine;
  readonly #partitions: Partitions;
  readonly #options: ResolvedOptions['compaction'];
  readonly #records: number;
  /** Sessions that hold something which cannot be rewritten; they are left as they are. */
  readonly #refused = new Set<SessionId>();

  constructor(engine: Engine, partitions: Partitions, options: ResolvedOptions['compaction']) {
    this.#engine = engine;
    this.#partitions = partitions;
    this.#options = options;
    this.#records = stepRecords[engine.name];
  }

  /** What to do from time to time. */
  jobs(): readonly Job[] {
    const { everyMs } = this.#options;
    return everyMs === null ? [] : [{ name: 'compacting', everyMs, backsOff: true, run: async () => this.#run(null) }];
  }

  /**
   * Compacts all that is committed by now, however fresh it is, after waiting for another process that is about it.
   *
   * @throws {SessionStoreError} what was done before it failed stays done, and the rest is done by the next call
   */
  async compactAll(): Promise<CompactionResult> {
    const fresh = await this.#engine.transact(async (run) => listFresh(run, this.#refused), inBackground);
    return this.#run(fresh);
  }

  /** @param only what to move, from which it is taken once it is done; null: whatever is due */
  async #run(only: FreshStream[] | null): Promise<CompactionResult> {
    let moved = 0;
    let failure: SessionStoreError | null = null;
    for (let left = only ? Infinity : stepsPerRun; left > 0; left--) {
      const step = await this.#step(only);
      if (step === 'done') break;
      if ('day' in step) await this.#partitions.coverDay(step.day);
      else if ('error' in step) failure ??= step.error;
      else moved += step.moved;
    }
    if (failure) throw failure;
    if (moved > 0) await this.#engine.vacuum?.(['delta_chunks', 'market_chunks']);
    return { moved };
  }

  async #step(only: FreshStream[] | null): Promise<Step> {
    let stream: StreamKey | null = null;
    try {
      return await this.#engine.transact(async (run) => {
        if (!(await takeTurn(run, only !== null))) return 'done';
        const next = await this.#next(run, only);
        if (!next) return 'done';
        stream = next.stream;
        const day = dayOf(next.chunks[0]!.receivedAtMs);
        if (!this.#partitions.covers(day)) return { day };
        return { moved: await moveChunks(run, stream, next.chunks, this.#options.targetRecords) };
      }, inBackground);
    } catch (cause) {
      const error = cause as SessionStoreError;
      if (error.retryable || stream === null) throw error;
      // It would fail again, and must not keep the others from their turn.
      this.#refused.add((stream as StreamKey).session);
      return { error };
    }
  }

  async #next(run: Run, only: FreshStream[] | null): Promise<FreshRun | null> {
    if (!only) {
      const limits = { afterMs: this.#options.afterMs, records: this.#records };
      const stream = await findDue(run, limits, this.#refused);
      return stream && { stream, chunks: takeRun(await freshChunks(run, stream), this.#records) };
    }
    for (; only.length > 0; only.shift()) {
      const { stream, lastChunk } = only[0]!;
      if (this.#refused.has(stream.session)) continue;
      const fresh = (await freshChunks(run, stream)).filter(({ firstSeq }) => firstSeq <= lastChunk);
      if (fresh.length > 0) return { stream, chunks: takeRun(fresh, this.#records) };
    }
    return null;
  }
}

type FreshRun = { readonly stream: StreamKey; readonly chunks: readonly ChunkSpan[] };

/** What one transaction did, or what stands in its way: a day without partitions, or what it cannot rewrite. */
type Step = CompactionResult | { readonly day: number } | { readonly error: SessionStoreError } | 'done';
