// One session's way to the disk. Records become parts of some hundred, parts become entries of the spool; and a batch that is
// not held in memory any more is made again from its parts.
import { PartEncoder, rebuildBatch } from './encoding/batch-codec.ts';
import type { Batch } from '../batch/collector.ts';
import type { ShedRange } from '../batch/shed-ranges.ts';
import { decodeControl, encodeControl, type SpoolControl } from './spool-control.ts';
import { SessionStoreError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { spoolClosed } from './log/spool-failure.ts';
import type { SessionEnd } from '../ownership/end-session.ts';
import type { SessionId, StoreRecord } from '../records.ts';
import type { SessionSpool } from './session-spool.ts';
import type { Spool, SpoolEntry } from './spool.ts';

/** A part is ended at this many records or bytes, unless its age ends it before. */
const maxPartRecords = 500;
const maxPartBytes = 256 * 1024;

/** Pause before the spool is asked again to take what it refused. */
const retryAfterMs = 250;

export type PartSpoolSettings = {
  readonly runtime: Runtime;
  /** How long a record may wait for its part to be ended, in ms. */
  readonly partAgeMs: number;
  /** Called when the spool begins to refuse, and with `null` when it takes again. */
  readonly onRefusal: (error: SessionStoreError | null) => void;
  /**
   * Makes the session's row safe from a power cut, without which nobody could bring in what the spool has; `null` where its
   * commit did.
   */
  readonly makeSafe: (() => Promise<void>) | null;
};

/** An entry that the spool has not taken yet, and the memory that its records take, estimated. */
type Pending = { readonly entry: SpoolEntry; readonly memory: number };

/** Where a batch's entries lie, and how much of it they hold. */
type BatchPlace = {
  readonly first: number;
  last: number;
  bytes: number;
  parts: number;
  records: number;
  memory: number;
};

export class PartSpool implements SessionSpool {
  readonly #id: SessionId;
  readonly #owner: string;
  readonly #spool: Spool;
  readonly #settings: PartSpoolSettings;
  readonly #encoder = new PartEncoder();
  /** Called when the spool has taken something: there may be room again. */
  #onTaken: () => void = () => undefined;
  #memory = 0;
  #oldestAtMs = 0;
  #batch = 1;
  #pending: Pending[] = [];
  readonly #places = new Map<number, BatchPlace>();
  #taken = 0;
  #takenMemory = 0;
  #cancelAge: (() => void) | null = null;
  #cancelRetry: (() => void) | null = null;
  /** Why the spool takes nothing at the moment. */
  #refusal: SessionStoreError | null = null;
  #isOver = false;
  #rooted: Promise<void> | null = null;

  /** @param owner which process start owns the session: whoever finds the entries later knows whom it outlived */
  constructor(id: SessionId, owner: string, spool: Spool, settings: PartSpoolSettings) {
    this.#id = id;
    this.#owner = owner;
    this.#spool = spool;
    this.#settings = settings;
    this.#nameOwner();
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

  add(record: StoreRecord, memory: number): void {
    if (this.#encoder.records === 0) this.#begin(record.kind === 'gap' ? record.fromAtMs : record.receivedAtMs);
    this.#encoder.add(record);
    this.#grew(memory);
  }

  addShedRange(range: ShedRange, memory: number): void {
    if (this.#encoder.records === 0) this.#begin(range.record.fromAtMs);
    this.#encoder.addShedRange(range);
    this.#grew(memory);
  }

  cut(): void {
    this.#endPart();
    this.#batch++;
    this.#nameOwner();
  }

  has(batch: number): boolean {
    return !this.#pending.some(({ entry }) => entry.batch === batch);
  }

  async load(batch: number): Promise<Batch> {
    const place = this.#places.get(batch);
    const parts: Uint8Array[] = [];
    const { first, last, bytes } = place ?? { first: 1, last: 0, bytes: 0 };
    if (place) await this.#spool.durable(last);
    for (let from = first; from <= last;) {
      // No further than the batch, where the next one is read on from without a search.
      const entries = await this.#spool.read({ from, maxBytes: bytes });
      for (const { session, batch: found, payload } of entries) {
        if (session === this.#id && found === batch && !decodeControl(payload)) parts.push(payload);
      }
      from = (entries.at(-1)?.position ?? Infinity) + 1;
    }
    const loaded = parts.length === place?.parts ? rebuildBatch(batch, parts) : null;
    if (loaded) return loaded;
    throw new SessionStoreError('SPOOL_DAMAGED', `Batch ${batch} of session ${this.#id} cannot be read back whole.`);
  }

  async durable(): Promise<void> {
    this.#endPart();
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
    this.#pending = this.#pending.filter(({ entry }) => entry.batch > batch);
    const place = this.#places.get(batch);
    this.#taken -= place?.records ?? 0;
    this.#takenMemory -= place?.memory ?? 0;
    this.#places.delete(batch);
    this.#spool.acknowledge(this.#id, batch);
  }

  end(end: SessionEnd): void {
    this.#endPart();
    this.#enqueueControl({ kind: 'end', end });
  }

  finish(): void {
    this.stop();
    this.#spool.acknowledge(this.#id, Number.MAX_SAFE_INTEGER);
  }

  stop(): readonly SpoolEntry[] {
    if (this.#isOver) return [];
    this.#endPart();
    this.#isOver = true;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    // Whether the spool takes anything is other sessions' business from now on.
    this.#accepted();
    return this.#pending.splice(0).map(({ entry }) => entry);
  }

  #begin(atMs: number): void {
    this.#oldestAtMs = atMs;
    this.#cancelAge ??= this.#settings.runtime.setTimer(this.#settings.partAgeMs, () => this.#endPart());
  }

  #grew(memory: number): void {
    this.#memory += memory;
    if (this.#encoder.records >= maxPartRecords || this.#encoder.bytes >= maxPartBytes) this.#endPart();
  }

  #endPart(): void {
    this.#cancelAge?.();
    this.#cancelAge = null;
    const { records } = this.#encoder;
    if (records === 0) return;
    this.#enqueue({ records, atMs: this.#oldestAtMs, payload: this.#encoder.take() }, this.#memory);
    this.#memory = 0;
  }

  #nameOwner(): void {
    this.#enqueueControl({ kind: 'owner', owner: this.#owner });
  }

  #enqueueControl(control: SpoolControl): void {
    this.#enqueue({ records: 0, atMs: this.#settings.runtime.nowMs(), payload: encodeControl(control) }, 0);
  }

  #enqueue(entry: Omit<SpoolEntry, 'session' | 'batch'>, memory: number): void {
    if (this.#isOver) return;
    this.#pending.push({ entry: { ...entry, session: this.#id, batch: this.#batch }, memory });
    // Nothing overtakes what was refused, or a batch would have a hole.
    if (this.#pending.length === 1) this.#handOver();
  }

  /** Gives the spool what it has not taken, in order. */
  #handOver(): void {
    try {
      for (let next = this.#pending[0]; next; next = this.#pending[0]) {
        this.#place(next, this.#spool.append(next.entry));
        this.#pending.shift();
      }
    } catch (cause) {
      this.#refused(cause as SessionStoreError);
      return;
    }
    this.#accepted();
  }

  #accepted(): void {
    if (!this.#refusal) return;
    this.#refusal = null;
    this.#settings.onRefusal(null);
    this.#onTaken();
  }

  #place({ entry, memory }: Pending, position: number): void {
    let place = this.#places.get(entry.batch);
    if (!place) {
      place = { first: position, last: position, bytes: 0, parts: 0, records: 0, memory: 0 };
      this.#places.set(entry.batch, place);
    }
    place.last = position;
    place.bytes += entry.payload.length;
    if (entry.records > 0) place.parts++;
    place.records += entry.records;
    place.memory += memory;
    this.#taken += entry.records;
    this.#takenMemory += memory;
  }

  #refused(error: SessionStoreError): void {
    this.#refusal = error;
    this.#settings.onRefusal(error);
    if (this.#isOver || this.#cancelRetry) return;
    this.#cancelRetry = this.#settings.runtime.setTimer(retryAfterMs, () => {
      this.#cancelRetry = null;
      this.#handOver();
    });
  }
}
