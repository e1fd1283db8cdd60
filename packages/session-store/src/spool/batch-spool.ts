// One session's way to the disk: its batches become entries of the spool, and wait in memory while that takes none.
import { batchText, parseBatch } from './batch-text.ts';
import type { Batch } from '../batch/collector.ts';
import { firstArrival } from '../batch/first-arrival.ts';
import { SessionStoreError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { endNote, ownerNote } from './session-notes.ts';
import { spoolClosed } from './log/spool-failure.ts';
import type { SessionEnd } from '../ownership/end-session.ts';
import type { Beginning } from '../ownership/open-session.ts';
import type { SessionId } from '../records.ts';
import type { SessionSpool, SpoolLeft } from './session-spool.ts';
import type { Spool, SpoolEntry } from './spool.ts';

/** Pause before the spool is asked again to take what it refused. */
const retryAfterMs = 250;

export type BatchSpoolSettings = {
  readonly runtime: Runtime;
  /** Called when the spool begins to refuse, and with `null` when it takes again. */
  readonly onRefusal: (error: SessionStoreError | null) => void;
  /**
   * Makes the session's row safe from a power cut, without which nobody could bring in what the spool has; `null` where its
   * commit did.
   */
  readonly makeSafe: (() => Promise<void>) | null;
};

/** What the spool has not taken yet, and the memory that its records take, estimated. */
type Pending = { readonly entry: SpoolEntry; readonly memory: number } | { readonly owner: string } | SessionEnding;
type SessionEnding = { readonly end: SessionEnd };

type Taken = { readonly records: number; readonly memory: number };

export class BatchSpool implements SessionSpool {
  readonly #id: SessionId;
  readonly #spool: Spool;
  readonly #settings: BatchSpoolSettings;
  #onTaken: () => void = () => undefined;
  #pending: Pending[];
  /** By batch: what the spool has and the database has not. */
  readonly #takenBatches = new Map<number, Taken>();
  #taken = 0;
  #takenMemory = 0;
  #cancelRetry: (() => void) | null = null;
  /** Why the spool takes nothing at the moment. */
  #refusal: SessionStoreError | null = null;
  #isOver = false;
  #rooted: Promise<void> | null = null;

  /**
   * @param owner which process start owns the session: whoever finds the entries later knows whom it outlived
   * @param beginning for whoever finds that the database does not have the session
   */
  constructor(id: SessionId, owner: string, beginning: Beginning, spool: Spool, settings: BatchSpoolSettings) {
    this.#id = id;
    this.#spool = spool;
    this.#settings = settings;
    this.#pending = [{ owner: ownerNote(owner, beginning) }];
    this.#handOver();
    // Whoever asks for it is told of a failure.
    void this.#root().catch(() => undefined);
  }

  get taken(): number {
    return this.#taken;
  }

  get takenMemory(): number {
    return this.#takenMemory;
  }

  get isRefusing(): boolean {
    return this.#refusal !== null;
  }

  onTaken(listener: () => void): void {
    this.#onTaken = listener;
  }

  put(batch: Batch): void {
    const { ordinal, records, bytes: memory } = batch;
    const atMs = firstArrival(batch);
    this.#enqueue({ entry: { session: this.#id, batch: ordinal, records, atMs, payload: batchText(batch) }, memory });
  }

  has(batch: number): boolean {
    return !this.#pending.some((item) => 'entry' in item && item.entry.batch === batch);
  }

  async load(firstBatch: number, lastBatch: number): Promise<readonly Batch[]> {
    await this.#spool.durable();
    const batches: Batch[] = [];
    for (let next = firstBatch; next <= lastBatch;) {
      const entries = await this.#spool.read(this.#id, { fromBatch: next });
      for (const { batch, payload } of entries) if (batch <= lastBatch) batches.push(parseBatch(payload));
      next = (entries.at(-1)?.batch ?? Infinity) + 1;
    }
    if (batches.length === lastBatch - firstBatch + 1) return batches;
    const which = firstBatch === lastBatch ? `Batch ${firstBatch}` : `One of the batches ${firstBatch} to ${lastBatch}`;
    throw new SessionStoreError('SPOOL_DAMAGED', `${which} of session ${this.#id} cannot be read back.`);
  }

  async durable(): Promise<void> {
    this.#handOver();
    if (this.#pending.length > 0) throw this.#refusal ?? spoolClosed();
    await Promise.all([this.#spool.durable(), this.#root()]);
  }

  /** Once is enough: the row stays. */
  async #root(): Promise<void> {
    this.#rooted ??= this.#settings.makeSafe?.() ?? Promise.resolve();
    try {
      await this.#rooted;
    } catch (cause) {
      this.#rooted = null;
      throw cause;
    }
  }

  committed(batch: number): void {
    this.#pending = this.#pending.filter((item) => !('entry' in item) || item.entry.batch > batch);
    for (const [ordinal, { records, memory }] of this.#takenBatches) {
      if (ordinal > batch) break;
      this.#taken -= records;
      this.#takenMemory -= memory;
      this.#takenBatches.delete(ordinal);
    }
    this.#spool.acknowledge(this.#id, batch);
  }

  end(end: SessionEnd): void {
    this.#enqueue({ end });
  }

  finish(): void {
    this.stop();
    this.#spool.forget(this.#id);
  }

  stop(): SpoolLeft {
    if (this.#isOver) return { entries: [], end: null };
    this.#isOver = true;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    // Whether the spool takes anything is other sessions' business from now on.
    this.#accepted();
    const left = this.#pending.splice(0);
    return {
      entries: left.flatMap((item) => ('entry' in item ? [item.entry] : [])),
      end: left.find((item): item is SessionEnding => 'end' in item)?.end ?? null,
    };
  }

  #enqueue(item: Pending): void {
    if (this.#isOver) return;
    this.#pending.push(item);
    // Nothing overtakes what was refused, or the session would have a hole.
    if (this.#pending.length === 1) this.#handOver();
  }

  /** Gives the spool what it has not taken, in order. */
  #handOver(): void {
    try {
      for (let next = this.#pending[0]; next; next = this.#pending[0]) {
        this.#give(next);
        this.#pending.shift();
      }
    } catch (cause) {
      this.#refused(cause as SessionStoreError);
      return;
    }
    this.#accepted();
    this.#onTaken();
  }

  #give(item: Pending): void {
    if ('owner' in item) return this.#spool.note(this.#id, item.owner);
    if ('end' in item) return this.#spool.note(this.#id, endNote(item.end));
    const { entry, memory } = item;
    this.#spool.append(entry);
    this.#takenBatches.set(entry.batch, { records: entry.records, memory });
    this.#taken += entry.records;
    this.#takenMemory += memory;
  }

  #accepted(): void {
    if (this.#refusal === null) return;
    this.#refusal = null;
    this.#settings.onRefusal(null);
  }

  #refused(error: SessionStoreError): void {
    this.#refusal = error;
    this.#settings.onRefusal(error);
    if (this.#isOver) return;
    this.#cancelRetry ??= this.#settings.runtime.setTimer(retryAfterMs, () => {
      this.#cancelRetry = null;
      this.#handOver();
    });
  }
}
