// From records to batches. In go a session's records, one by one; each is checked and numbered, and put into columns. Out comes a
// batch: what one transaction writes. `writing/` makes statements of it and commits them.
import { SessionStoreError } from '../errors.ts';
import type {
  DeltaRecord,
  FactRecord,
  GapRecord,
  RawRecord,
  SessionCounters,
  SnapshotRecord,
  StoreRecord,
  TradeRecord,
} from '../records.ts';
import { DeltaColumns } from './delta-columns.ts';
import { entryOfFact, type FactEntry } from './fact-entry.ts';
import { isFact } from './fact-fields.ts';
import { firstArrival } from './first-arrival.ts';
import { Keyframes, mayConcern, type Keyframe, type KeyframeSpacing } from './keyframes.ts';
import { bookBytes, factBytes, recordBytes } from './record-bytes.ts';
import { checkRecord, isName, refuse } from './record-check.ts';
import { ShedRanges, type SheddableRecord } from './shed-ranges.ts';
import { TradeColumns } from './trade-columns.ts';
import { streamKey, type StreamEnds } from './stream-ends.ts';

export type Numbered<T> = { readonly ordinal: number; readonly record: T };

/**
 * What one transaction writes. It is decided once, when it is cut: a retry writes the same rows under the same keys, and
 * so can find them there.
 */
export interface Batch {
  /** Batches of a session are numbered from 1 in the order in which they are cut and written; the last one's where several are joined. */
  readonly ordinal: number;
  /** The first one's. */
  readonly firstOrdinal: number;
  readonly records: number;
  /** Memory that the records take, estimated. */
  readonly bytes: number;
  /** Names that `DeltaColumns.markets` and `BookEntry.market` point into; those that holes and facts name are among them. */
  readonly markets: readonly string[];
  readonly chunks: readonly DeltaColumns[];
  readonly snapshots: readonly BookEntry<SnapshotRecord>[];
  /** Computed, so that no counter has them. */
  readonly keyframes: readonly BookEntry[];
  readonly trades: readonly TradeColumns[];
  readonly raw: readonly Numbered<RawRecord>[];
  readonly facts: readonly FactEntry[];
  readonly gaps: readonly GapEntry[];
  /** The latest arrival in it, `null` where it holds nothing but gaps. */
  readonly lastRecordAtMs: number | null;
}

/** A snapshot, or a keyframe. */
export type BookEntry<T extends Keyframe = Keyframe> = { readonly market: number; readonly record: T };

/** `shed` is how many records the session itself dropped there. */
export type GapEntry = Numbered<GapRecord> & { readonly shed: number };

type NumberedFact = FactRecord & { readonly sid: number; readonly seq: number };
type NumberedRecord = DeltaRecord | SnapshotRecord | TradeRecord | NumberedFact;

const hasNumber = (record: FactRecord): record is NumberedFact => record.sid !== null && record.seq !== null;

type Stream = {
  readonly epoch: number;
  readonly sid: number;
  /** Changes with each hole: no book is known across one. */
  era: number;
  lastSeq: number;
  deltas: DeltaColumns | null;
  /** Deltas that its next chunk may expect: as many as its last one had. */
  room: number;
  trades: TradeColumns | null;
};

/**
 * Streams whose last number is remembered. Old epochs are dead, so this only has to exceed the subscriptions alive at one
 * time; it bounds memory over weeks of reconnects.
 */
const maxStreams = 1000;

/** Takes records one by one and cuts them into batches. Pure: when to cut is the caller's decision. */
export class Collector {
  readonly #keyframes: Keyframes;
  #eras = 0;
  readonly #appended = { messages: 0, snapshots: 0, deltas: 0, trades: 0, raw: 0, facts: 0, gaps: 0, shed: 0 };
  readonly #streams = new Map<string, Stream>();
  #latest: Stream | null = null;
  readonly #shed = new ShedRanges();
  #batches = 0;
  #batch = emptyBatch();
  #cutRecords = 0;
  #cutBytes = 0;

  /** @param spacing of the books that it stores with deltas */
  constructor(spacing: KeyframeSpacing) {
    this.#keyframes = new Keyframes(spacing);
  }

  /** Records that the next batch would hold. */
  get size(): number {
    return this.#batch.records;
  }

  /** Memory that they take, estimated. */
  get bytes(): number {
    return this.#batch.bytes;
  }

  /** When the oldest of them arrived; `Infinity` without one. */
  get oldestAtMs(): number {
    return firstArrival(this.#batch);
  }

  /** Records of all batches, rows of the ledger included. */
  get totalRecords(): number {
    return this.#cutRecords + this.#batch.records;
  }

  /** Memory that they took, estimated. */
  get totalBytes(): number {
    return this.#cutBytes + this.#batch.bytes;
  }

  /** Ordinal of the batch that was cut last; 0 before the first. */
  get batches(): number {
    return this.#batches;
  }

  /** Everything taken so far. */
  counters(): SessionCounters {
    return { ...this.#appended };
  }

  /** The last number of each subscription that was taken, by epoch and sid. */
  ends(): StreamEnds {
    return new Map([...this.#streams].flatMap(([key, { lastSeq }]) => (lastSeq < 0 ? [] : [[key, lastSeq]])));
  }

  /** @throws {SessionStoreError} RECORD_INVALID; the record was not taken then, and nothing has changed. */
  add(record: StoreRecord): void {
    checkRecord(record);
    switch (record.kind) {
      case 'delta':
        this.#addDelta(record);
        break;
      case 'trade':
        this.#addTrade(record);
        break;
      case 'snapshot':
        this.#addSnapshot(record);
        break;
      case 'raw':
        this.#batch.raw.push({ ordinal: this.#appended.raw++, record });
        this.#arrived(record.receivedAtMs);
        break;
      case 'market':
      case 'lifecycle':
      case 'ticker':
      case 'exchange':
        this.#addFact(record);
        break;
      case 'gap':
        if (typeof record.market === 'string') this.#marketOf({ kind: record.kind, market: record.market });
        this.#batch.gaps.push({ ordinal: this.#appended.gaps++, record, shed: 0 });
        for (const stream of this.#streams.values()) {
          if (!mayConcern(record, stream)) continue;
          if (typeof record.market === 'string') this.#keyframes.forget(record.market, stream.era);
          else stream.era = ++this.#eras;
        }
        break;
    }
    this.#batch.records++;
    if (!isFact(record)) this.#batch.bytes += recordBytes(record);
    // So that no stored record lies within a shed range.
    if (record.kind !== 'gap') this.#enterShedRanges();
  }

  /**
   * Checks and numbers a record that will not be stored, as if it were. The ledger names it, at the latest in the batch that is cut
   * next.
   *
   * @throws {SessionStoreError} RECORD_INVALID
   */
  shed(record: SheddableRecord): void {
    checkRecord(record);
    if (isFact(record)) {
      if (hasNumber(record)) this.#streamOf(record).lastSeq = record.seq;
    } else if (record.kind !== 'raw') {
      if (!isName(record.market)) refuse(record.kind, 'market', record.market);
      const stream = this.#streamOf(record);
      if (record.seq !== null) stream.lastSeq = record.seq;
      stream.era = ++this.#eras;
    }
    this.#appended.shed++;
    this.#shed.add(record);
  }

  /** Ends the batch and starts the next; `null` when there is nothing in it. */
  cut(): Batch | null {
    this.#enterShedRanges();
    if (this.#batch.records === 0) return null;
    const { marketIndex: _, openStreams, ...batch } = this.#batch;
    for (const chunk of batch.chunks) chunk.trim();
    for (const stream of openStreams) {
      stream.room = stream.deltas?.length ?? 0;
      stream.deltas = null;
      stream.trades = null;
    }
    this.#batch = emptyBatch();
    this.#cutRecords += batch.records;
    this.#cutBytes += batch.bytes;
    const ordinal = ++this.#batches;
    return { ordinal, firstOrdinal: ordinal, ...batch };
  }

  #addDelta(record: DeltaRecord): void {
    const stream = this.#streamOf(record);
    const market = this.#marketOf(record);
    stream.lastSeq = record.seq;
    if (!stream.deltas?.fits(record)) {
      if (!stream.deltas) this.#batch.openStreams.push(stream);
      stream.deltas = new DeltaColumns(record, stream.room);
      this.#batch.chunks.push(stream.deltas);
    }
    stream.deltas.push(record, market);
    this.#appended.deltas++;
    this.#arrived(record.receivedAtMs);
    const keyframe = this.#keyframes.delta(record, stream.era);
    if (!keyframe) return;
    this.#batch.keyframes.push({ market, record: keyframe });
    this.#batch.bytes += bookBytes(keyframe);
  }

  #addTrade(record: TradeRecord): void {
    const stream = this.#streamOf(record);
    const market = this.#marketOf(record);
    if (record.seq !== null) stream.lastSeq = record.seq;
    const ordinal = this.#appended.trades++;
    if (!stream.trades?.fits(record, ordinal)) {
      if (!stream.trades) this.#batch.openStreams.push(stream);
      stream.trades = new TradeColumns(record, ordinal);
      this.#batch.trades.push(stream.trades);
    }
    stream.trades.push(record, ordinal, market);
    this.#arrived(record.receivedAtMs);
  }

  #addSnapshot(record: SnapshotRecord): void {
    const stream = this.#streamOf(record);
    const market = this.#marketOf(record);
    stream.lastSeq = record.seq;
    this.#keyframes.snapshot(record, stream.era);
    this.#batch.snapshots.push({ market, record });
    this.#appended.snapshots++;
    this.#arrived(record.receivedAtMs);
  }

  #addFact(record: FactRecord): void {
    const stream = hasNumber(record) ? this.#streamOf(record) : null;
    const entry = this.#entryOf(record);
    if (entry.market !== null) this.#marketOf({ kind: record.kind, market: entry.market });
    if (stream) stream.lastSeq = record.seq!;
    this.#batch.facts.push(entry);
    this.#batch.bytes += factBytes(entry);
    this.#appended.facts++;
    this.#arrived(record.receivedAtMs);
  }

  #entryOf(record: FactRecord): FactEntry {
    try {
      return entryOfFact(record, this.#appended.facts);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const text = `A ${record.kind} record cannot be stored: it is no JSON (${why}). It was not taken.`;
      throw new SessionStoreError('RECORD_INVALID', text, { cause });
    }
  }

  #enterShedRanges(): void {
    if (this.#shed.size === 0) return;
    for (const { record, shed } of this.#shed.take()) {
      this.#batch.gaps.push({ ordinal: this.#appended.gaps++, record, shed });
      this.#batch.records++;
      this.#batch.bytes += recordBytes(record);
    }
  }

  #arrived(receivedAtMs: number): void {
    this.#appended.messages++;
    if (this.#batch.lastRecordAtMs === null || receivedAtMs > this.#batch.lastRecordAtMs) {
      this.#batch.lastRecordAtMs = receivedAtMs;
    }
  }

  /** Numbers must rise: two records under one number would be one frame stored twice, or a chunk taken for its retry. */
  #streamOf(record: NumberedRecord): Stream {
    let stream = this.#latest;
    if (!stream || stream.epoch !== record.epoch || stream.sid !== record.sid) {
      const key = streamKey(record.epoch, record.sid);
      stream = this.#streams.get(key) ?? this.#openStream(key, record);
      this.#latest = stream;
    }
    if (record.seq !== null && record.seq <= stream.lastSeq) {
      throw new SessionStoreError(
        'RECORD_INVALID',
        `A ${record.kind} record cannot be stored: seq ${record.seq} of sid ${record.sid} in epoch ${record.epoch} ` +
          `comes after ${stream.lastSeq}. It was not taken; drop duplicates, and start a new epoch when numbers restart.`,
      );
    }
    return stream;
  }

  #openStream(key: string, { epoch, sid }: NumberedRecord): Stream {
    const stream: Stream = { epoch, sid, era: ++this.#eras, lastSeq: -Infinity, deltas: null, room: 0, trades: null };
    this.#streams.set(key, stream);
    if (this.#streams.size > maxStreams) {
      const [oldest] = this.#streams.keys();
      this.#streams.delete(oldest!);
    }
    return stream;
  }

  #marketOf({ kind, market }: { readonly kind: string; readonly market: string }): number {
    const known = this.#batch.marketIndex.get(market);
    if (known !== undefined) return known;
    if (!isName(market)) refuse(kind, 'market', market);
    const index = this.#batch.markets.push(market) - 1;
    this.#batch.marketIndex.set(market, index);
    return index;
  }
}

const emptyBatch = () => ({
  records: 0,
  bytes: 0,
  markets: [] as string[],
  marketIndex: new Map<string, number>(),
  openStreams: [] as Stream[],
  chunks: [] as DeltaColumns[],
  snapshots: [] as BookEntry<SnapshotRecord>[],
  keyframes: [] as BookEntry[],
  trades: [] as TradeColumns[],
  raw: [] as Numbered<RawRecord>[],
  facts: [] as FactEntry[],
  gaps: [] as GapEntry[],
  lastRecordAtMs: null as number | null,
});
