import { setImmediate } from 'node:timers/promises';
import { planMerges, takeRun, type ChunkSpan } from './core/compaction-plan.ts';
import { dayOf } from './core/day.ts';
import type { SessionStoreError } from './errors.ts';
import type { Engine, Run } from './io/engine.ts';
import type { Job } from './maintenance.ts';
import type { ResolvedOptions } from './options.ts';
import type { Partitions } from './partitions.ts';
import { findFresh, freshChunks, listFresh, moveFresh, type FreshStream } from './queries/compact-fresh.ts';
import { makeKeyframes } from './queries/compact-keyframes.ts';
import { findUnmerged, mergeChunks } from './queries/compact-merge.ts';
import type { StreamKey } from './queries/compact-regroup.ts';
import { takeTurn } from './queries/compact-turn.ts';
import type { SessionId } from './records.ts';

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
 * Records that one step rewrites, or a single chunk that holds more: about half a second of a server's time. An
 * embedded database works in this process, and blocks it meanwhile.
 */
const stepRecords = { postgres: 131_072, pglite: 5000 } as const;

/** Steps of one timed run; whatever else is to be done in the background has its turn then. */
const stepsPerRun = 50;

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
  /** Sessions that hold something which cannot be rewritten; they are left as they are. */
  readonly #refused = new Set<SessionId>();

  constructor(engine: Engine, partitions: Partitions, options: ResolvedOptions['compaction']) {
    this.#engine = engine;
    this.#partitions = partitions;
    this.#options = options;
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
    for (let left = only ? Infinity : stepsPerRun; left > 0; left--) {
      // An embedded database answers without giving anybody else a turn.
      await setImmediate();
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
    const working = (on: StreamKey) => (stream = on);
    try {
      return await this.#engine.transact(async (run) => {
        if (!(await takeTurn(run, only !== null))) return 'done';
        return (await this.#moveNext(run, only, working)) ?? (await this.#mergeNext(run, working)) ?? 'done';
      }, inBackground);
    } catch (cause) {
      const error = cause as SessionStoreError;
      if (error.retryable || stream === null) throw error;
      // It would fail again, and must not keep the others from their turn.
      this.#refused.add((stream as StreamKey).session);
      return { error };
    }
  }

  async #moveNext(run: Run, only: FreshStream[] | null, working: (on: StreamKey) => StreamKey): Promise<Step | null> {
    const { targetRecords, keyframeIntervalMs } = this.#options;
    const next = await this.#nextFresh(run, only);
    if (!next) return null;
    const stream = working(next.stream);
    const day = dayOf(next.chunks[0]!.receivedAtMs);
    if (!this.#partitions.covers(day)) return { day };
    const moved = await moveFresh(run, stream, next.chunks, targetRecords);
    // None where retention has dropped them at this moment.
    const keyframes = moved.records === 0 ? 0 : await makeKeyframes(run, stream, moved, keyframeIntervalMs);
    return { moved: moved.records, merged: 0, keyframes };
  }

  async #nextFresh(run: Run, only: FreshStream[] | null): Promise<FreshRun | null> {
    const maxRecords = stepRecords[this.#engine.name];
    if (!only) {
      const search = { afterMs: this.#options.afterMs, records: maxRecords };
      const stream = await findFresh(run, search, this.#refused);
      return stream && { stream, chunks: takeRun(await freshChunks(run, stream), maxRecords) };
    }
    for (; only.length > 0; only.shift()) {
      const { stream, lastChunk } = only[0]!;
      if (this.#refused.has(stream.session)) continue;
      const fresh = (await freshChunks(run, stream)).filter(({ firstSeq }) => firstSeq <= lastChunk);
      if (fresh.length > 0) return { stream, chunks: takeRun(fresh, maxRecords) };
    }
    return null;
  }

  async #mergeNext(run: Run, working: (on: StreamKey) => StreamKey): Promise<Step | null> {
    const { targetRecords } = this.#options;
    const unmerged = await findUnmerged(run, targetRecords, this.#refused);
    if (!unmerged) return null;
    const stream = working(unmerged.stream);
    const merges = planMerges(unmerged.chunks, {
      targetRecords,
      maxRecords: stepRecords[this.#engine.name],
      completeBeforeMs: unmerged.completeBeforeMs,
    });
    return { moved: 0, merged: await mergeChunks(run, stream, merges, targetRecords), keyframes: 0 };
  }
}

type FreshRun = { readonly stream: StreamKey; readonly chunks: readonly ChunkSpan[] };

/** What one transaction did, or what stands in its way: a day without partitions, or what it cannot rewrite. */
type Step = CompactionResult | { readonly day: number } | { readonly error: SessionStoreError } | 'done';
