// Rows in the order of arrival become rows of one market each. In go chunks that are old enough; out come larger chunks that hold
// the same deltas, and keyframes, which are stored books. The views show the same before and after.
import { fanIn, planMerges, takeRun, type ChunkSpan } from './compaction-plan.ts';
import { dayOf } from '../database/day.ts';
import { StepSize, type StepSizeLimits } from './step-size.ts';
import type { SessionStoreError } from '../errors.ts';
import type { Engine, Run } from '../database/engines/engine.ts';
import { systemRuntime, type Runtime } from '../runtime.ts';
import type { Job } from '../background/maintenance.ts';
import type { ResolvedOptions } from '../options.ts';
import type { Partitions } from '../partitions/partitions.ts';
import { findFresh, freshChunks, listFresh, moveFresh, type FreshStream } from './compact-fresh.ts';
import { makeKeyframes } from './compact-keyframes.ts';
import { findUnmerged, mergeChunks, type MergePlace } from './compact-merge.ts';
import type { StreamKey } from './compact-regroup.ts';
import { takeTurn } from './compact-turn.ts';
import type { SessionId } from '../records.ts';

/** What a compaction did. */
export type CompactionResult = {
  /** Deltas that were moved from fresh chunks into chunks of one market. */
  readonly moved: number;
  /** Deltas that were rewritten from small chunks into larger ones; one may have been rewritten more than once. */
  readonly merged: number;
  /** Books that were computed and stored. */
  readonly keyframes: number;
};

/**
 * How much a step takes: what keeps a server busy for half a second. An embedded database does one transaction after the other, so
 * there a step is shorter: a write waits for it.
 */
const paces = {
  postgres: {
    size: { least: 32_768, most: 65_536, targetMs: 500 },
    dueRecords: 131_072,
    mostMarkets: 500,
    mostChunks: 4000,
    stepsPerRun: 50,
  },
  pglite: {
    size: { least: 1000, most: 16_384, targetMs: 100 },
    dueRecords: 20_000,
    mostMarkets: 200,
    mostChunks: 1000,
    stepsPerRun: 100,
  },
} as const satisfies Record<Engine['name'], Pace>;

type Pace = {
  readonly size: StepSizeLimits;
  /** A stream with so many fresh deltas is compacted, however young they are. */
  readonly dueRecords: number;
  /** Markets whose keyframes one statement makes. */
  readonly mostMarkets: number;
  /** Unmerged chunks that one statement looks at. */
  readonly mostChunks: number;
  /** Steps of one timed run; whatever else is to be done in the background has its turn then. */
  readonly stepsPerRun: number;
};

const inBackground = { doing: 'Compacting', lane: 'background', timeoutMs: 60_000 } as const;

const nothing: CompactionResult = { moved: 0, merged: 0, keyframes: 0 };

/**
 * Rewrites fresh chunks, which hold a subscription's deltas in order of arrival, into chunks of one market each, and stores
 * books on the way. Step by step, each a transaction in which deltas leave one place and come to the other: whoever reads sees
 * each of them once, whenever the process dies. Fresh chunks are moved in the order of their numbers, so that what was moved of
 * a (session, epoch, sid) is all that it has up to some number.
 */
export class Compaction {
  readonly #engine: Engine;
  readonly #partitions: Partitions;
  readonly #options: ResolvedOptions['compaction'];
  readonly #clock: Pick<Runtime, 'monotonicMs'>;
  readonly #pace: Pace;
  readonly #size: StepSize;
  /** Steps that moved something since all was merged. */
  #movesSinceMerge = 0;
  /** Where the present look at all that is unmerged has come to, and whether it has merged anything. */
  #mergedUpTo: MergePlace | null = null;
  #merging = false;
  /** Sessions that hold something which cannot be rewritten; they are left as they are. */
  readonly #refused = new Set<SessionId>();

  /** @param clock what the length of a step is measured by */
  constructor(
    engine: Engine,
    partitions: Partitions,
    options: ResolvedOptions['compaction'],
    clock: Pick<Runtime, 'monotonicMs'> = systemRuntime,
  ) {
    this.#engine = engine;
    this.#partitions = partitions;
    this.#options = options;
    this.#clock = clock;
    this.#pace = paces[engine.name];
    this.#size = new StepSize(this.#pace.size);
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
    let total = nothing;
    let failure: SessionStoreError | null = null;
    for (let left = only ? Infinity : this.#pace.stepsPerRun; left > 0; left--) {
      const step = await this.#step(only);
      if (step === 'done') break;
      if ('day' in step) await this.#partitions.coverDay(step.day);
      else if ('error' in step) failure ??= step.error;
      else {
        total = {
          moved: total.moved + step.moved,
          merged: total.merged + step.merged,
          keyframes: total.keyframes + step.keyframes,
        };
      }
    }
    if (failure) throw failure;
    if (total.moved + total.merged > 0) await this.#engine.vacuum?.(['delta_chunks', 'market_chunks']);
    return total;
  }

  async #step(only: FreshStream[] | null): Promise<Step> {
    let stream: StreamKey | null = null;
    let beganMs = 0;
    const working = (on: StreamKey) => (stream = on);
    try {
      const step = await this.#engine.transact(async (run) => {
        beganMs = this.#clock.monotonicMs();
        return this.#next(run, only, working);
      }, inBackground);
      if (step !== 'done' && 'moved' in step)
        this.#size.took(step.moved + step.merged, this.#clock.monotonicMs() - beganMs);
      return step;
    } catch (cause) {
      const error = cause as SessionStoreError;
      if (error.retryable || stream === null) throw error;
      // It would fail again, and must not keep the others from their turn.
      this.#refused.add((stream as StreamKey).session);
      return { error };
    }
  }

  async #next(run: Run, only: FreshStream[] | null, working: (on: StreamKey) => StreamKey): Promise<Step> {
    if (!(await takeTurn(run, only !== null))) return 'done';
    // In between, however much there is to move: what waits to be merged would be ever more, of a market too much for one step.
    const merged = this.#movesSinceMerge < fanIn ? null : await this.#mergeNext(run, working);
    return merged ?? (await this.#moveNext(run, only, working)) ?? (await this.#mergeNext(run, working)) ?? 'done';
  }

  async #moveNext(run: Run, only: FreshStream[] | null, working: (on: StreamKey) => StreamKey): Promise<Step | null> {
    const { targetRecords, keyframeIntervalMs } = this.#options;
    const next = await this.#nextFresh(run, only);
    if (!next) return null;
    const stream = working(next.stream);
    const day = dayOf(next.chunks[0]!.receivedAtMs);
    if (!this.#partitions.covers(day)) return { day };
    this.#movesSinceMerge++;
    const moved = await moveFresh(run, stream, next.chunks, targetRecords);
    const keyframes = await makeKeyframes(run, stream, moved, {
      intervalMs: keyframeIntervalMs,
      // A book is folded from whole chunks, so that keyframes closer than this hardly make it faster.
      fewestDeltas: Math.max(1, targetRecords >> 3),
      mostDeltas: targetRecords,
      mostMarkets: this.#pace.mostMarkets,
    });
    return { moved: moved.reduce((sum, { records }) => sum + records, 0), merged: 0, keyframes };
  }

  async #nextFresh(run: Run, only: FreshStream[] | null): Promise<FreshRun | null> {
    const { records } = this.#size;
    if (!only) {
      const search = { afterMs: this.#options.afterMs, records: this.#pace.dueRecords };
      const stream = await findFresh(run, search, this.#refused);
      return stream && { stream, chunks: takeRun(await freshChunks(run, stream), records) };
    }
    for (; only.length > 0; only.shift()) {
      const { stream, lastChunk } = only[0]!;
      if (this.#refused.has(stream.session)) continue;
      const fresh = (await freshChunks(run, stream)).filter(({ firstSeq }) => firstSeq <= lastChunk);
      if (fresh.length > 0) return { stream, chunks: takeRun(fresh, records) };
    }
    return null;
  }

  /** Looks through all that is unmerged until there is nothing to merge from its beginning to its end. */
  async #mergeNext(run: Run, working: (on: StreamKey) => StreamKey): Promise<Step | null> {
    const { targetRecords } = this.#options;
    const { mostChunks } = this.#pace;
    const maxRecords = this.#size.records;
    for (;;) {
      const search = { targetRecords, mostChunks, after: this.#mergedUpTo, except: this.#refused };
      const unmerged = await findUnmerged(run, search);
      if (!unmerged) {
        const again = this.#merging;
        this.#mergedUpTo = null;
        this.#merging = false;
        if (again) continue;
        this.#movesSinceMerge = 0;
        return null;
      }
      const { stream, chunks, completeBeforeMs, upTo } = unmerged;
      const merges = planMerges(chunks, { targetRecords, maxRecords, completeBeforeMs });
      const planned = merges.flatMap(({ chunks }) => chunks);
      const isCut = planned.reduce((sum, { records }) => sum + records, 0) >= maxRecords;
      this.#mergedUpTo = isCut ? { stream, marketId: planned.at(-1)!.marketId } : upTo;
      if (merges.length === 0) continue;
      this.#merging = true;
      return { moved: 0, merged: await mergeChunks(run, working(stream), merges, targetRecords), keyframes: 0 };
    }
  }
}

type FreshRun = { readonly stream: StreamKey; readonly chunks: readonly ChunkSpan[] };

/** What one transaction did, or what stands in its way: a day without partitions, or what it cannot rewrite. */
type Step = CompactionResult | { readonly day: number } | { readonly error: SessionStoreError } | 'done';
