import { SessionStoreError } from '../errors.ts';
import type { DeltaRecord, GapRecord, RawRecord, SessionCounters, SnapshotRecord, StoreRecord } from '../records.ts';
import { DeltaColumns } from './delta-columns.ts';
import { checkDelta, checkGap, checkRaw, checkSnapshot, isName, refuse } from './record-check.ts';

export type Numbered<T> = { readonly ordinal: number; readonly record: T };

/**
 * What one transaction writes. It is decided once, when it is cut: a retry writes the same rows under the same keys, and
 * so can find them there.
 */
export interface Batch {
  readonly records: number;
  /** Names that `DeltaColumns.markets` and `SnapshotEntry.market` point into. */
  readonly markets: readonly string[];
  readonly chunks: readonly DeltaColumns[];
  readonly snapshots: readonly SnapshotEntry[];
  readonly raw: readonly Numbered<RawRecord>[];
  readonly gaps: readonly Numbered<GapRecord>[];
  /** The latest arrival in it, `null` where it holds nothing but gaps. */
  readonly lastRecordAtMs: number | null;
}

export type SnapshotEntry = { readonly market: number; readonly record: SnapshotRecord };

type Stream = { readonly epoch: number; readonly sid: number; lastSeq: number; open: DeltaColumns | null };

/**
 * Streams whose last number is remembered. Old epochs are dead, so this only has to exceed the subscriptions alive at one
 * time; it bounds memory over weeks of reconnects.
 */
const maxStreams = 1000;

/** Takes records one by one and cuts them into batches. Pure: when to cut is the caller's decision. */
export class Collector {
  readonly #appended = { messages: 0, snapshots: 0, deltas: 0, raw: 0, gaps: 0 };
  readonly #streams = new Map<string, Stream>();
  #latest: Stream | null = null;
  #batch = emptyBatch();

  /** Records that the next batch would hold. */
  get size(): number {
    return this.#batch.records;
  }

  /** Everything taken so far. */
  counters(): SessionCounters {
    return { ...this.#appended };
  }

  /** @throws {SessionStoreError} RECORD_INVALID; the record was not taken then, and nothing has changed. */
  add(record: StoreRecord): void {
    switch (record.kind) {
      case 'delta':
        this.#addDelta(record);
        break;
      case 'snapshot':
        this.#addSnapshot(record);
        break;
      case 'raw':
        checkRaw(record);
        this.#batch.raw.push({ ordinal: this.#appended.raw++, record });
        this.#arrived(record.receivedAtMs);
        break;
      case 'gap':
        checkGap(record);
        this.#batch.gaps.push({ ordinal: this.#appended.gaps++, record });
        break;
      default:
        refuse('store', 'kind', (record as { kind?: unknown }).kind);
    }
    this.#batch.records++;
  }

  /** Ends the batch and starts the next; `null` when there is nothing in it. */
  cut(): Batch | null {
    if (this.#batch.records === 0) return null;
    const { marketIndex: _, openStreams, ...batch } = this.#batch;
    for (const stream of openStreams) stream.open = null;
    this.#batch = emptyBatch();
    return batch;
  }

  #addDelta(record: DeltaRecord): void {
    checkDelta(record);
    const stream = this.#streamOf(record);
    const market = this.#marketOf(record);
    stream.lastSeq = record.seq;
    if (!stream.open?.fits(record)) {
      if (!stream.open) this.#batch.openStreams.push(stream);
      stream.open = new DeltaColumns(record);
      this.#batch.chunks.push(stream.open);
    }
    stream.open.push(record, market);
    this.#appended.deltas++;
    this.#arrived(record.receivedAtMs);
  }

  #addSnapshot(record: SnapshotRecord): void {
    checkSnapshot(record);
    const stream = this.#streamOf(record);
    const market = this.#marketOf(record);
    stream.lastSeq = record.seq;
    this.#batch.snapshots.push({ market, record });
    this.#appended.snapshots++;
    this.#arrived(record.receivedAtMs);
  }

  #arrived(receivedAtMs: number): void {
    this.#appended.messages++;
    if (this.#batch.lastRecordAtMs === null || receivedAtMs > this.#batch.lastRecordAtMs) {
      this.#batch.lastRecordAtMs = receivedAtMs;
    }
  }

  /** Numbers must rise: two records under one number would be one frame stored twice, or a chunk taken for its retry. */
  #streamOf(record: DeltaRecord | SnapshotRecord): Stream {
    let stream = this.#latest;
    if (!stream || stream.epoch !== record.epoch || stream.sid !== record.sid) {
      const key = streamKey(record.epoch, record.sid);
      stream = this.#streams.get(key) ?? this.#openStream(key, record);
      this.#latest = stream;
    }
    if (record.seq <= stream.lastSeq) {
      throw new SessionStoreError(
        'RECORD_INVALID',
        `A ${record.kind} record cannot be stored: seq ${record.seq} of sid ${record.sid} in epoch ${record.epoch} ` +
          `comes after ${stream.lastSeq}. It was not taken; drop duplicates, and start a new epoch when numbers restart.`,
      );
    }
    return stream;
  }

  #openStream(key: string, { epoch, sid }: DeltaRecord | SnapshotRecord): Stream {
    const stream: Stream = { epoch, sid, lastSeq: -Infinity, open: null };
    this.#streams.set(key, stream);
    if (this.#streams.size > maxStreams) {
      const [oldest] = this.#streams.keys();
      this.#streams.delete(oldest!);
    }
    return stream;
  }

  #marketOf({ kind, market }: DeltaRecord | SnapshotRecord): number {
    const known = this.#batch.marketIndex.get(market);
    if (known !== undefined) return known;
    if (!isName(market)) refuse(kind, 'market', market);
    const index = this.#batch.markets.push(market) - 1;
    this.#batch.marketIndex.set(market, index);
    return index;
  }
}

const streamKey = (epoch: number, sid: number) => `${epoch}/${sid}`;

const emptyBatch = () => ({
  records: 0,
  markets: [] as string[],
  marketIndex: new Map<string, number>(),
  openStreams: [] as Stream[],
  chunks: [] as DeltaColumns[],
  snapshots: [] as SnapshotEntry[],
  raw: [] as Numbered<RawRecord>[],
  gaps: [] as Numbered<GapRecord>[],
  lastRecordAtMs: null as number | null,
});
