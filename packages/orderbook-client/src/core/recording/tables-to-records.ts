// The tables of an export as the records that they were made of, in the order of a replay: within a subscription by number, across
// subscriptions by arrival.
import type { FeedRecord } from '../../records.ts';
import { joinRecordings, type RecordSource } from './join-recordings.ts';
import {
  deltaOfRow,
  gapOfRow,
  isOfSameSnapshot,
  lifecycleOfRow,
  sessionOf,
  snapshotOfRows,
  tickerOfRow,
  tradeOfRow,
  type TableRow,
} from './table-rows.ts';

/** Rows in the order of their file. */
export type TableRows = Iterable<TableRow> | AsyncIterable<TableRow>;

/** Each table as one file, or several. What is left out is not in the records. */
export type RecordingTables = {
  readonly deltas?: TableRows | readonly TableRows[];
  readonly snapshots?: TableRows | readonly TableRows[];
  readonly trades?: TableRows | readonly TableRows[];
  readonly lifecycle?: TableRows | readonly TableRows[];
  readonly tickers?: TableRows | readonly TableRows[];
  readonly gaps?: TableRows | readonly TableRows[];
};

/**
 * Rows of one session after the other, each file in the order in which the export writes it. Between two sessions every connection is
 * lost, as `joinRecordings` tells it.
 */
export async function* tablesToRecords(tables: RecordingTables): AsyncGenerator<FeedRecord, void, undefined> {
  const merge = new TableMerge([
    // In this order where nothing else decides: a hole stands before the number at which it begins.
    ...filesOf(tables.gaps).map((rows) => oneByOne(rows, gapOfRow)),
    ...filesOf(tables.snapshots).map(snapshots),
    ...filesOf(tables.deltas).map((rows) => oneByOne(rows, deltaOfRow)),
    ...filesOf(tables.trades).map((rows) => oneByOne(rows, tradeOfRow)),
    ...filesOf(tables.lifecycle).map((rows) => oneByOne(rows, lifecycleOfRow)),
    ...filesOf(tables.tickers).map((rows) => oneByOne(rows, tickerOfRow)),
  ]);
  try {
    yield* joinRecordings(merge.sessions());
  } finally {
    await merge.close();
  }
}

type Placed = { readonly session: string; readonly record: FeedRecord };

const isIterable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);

function filesOf(rows: TableRows | readonly TableRows[] | undefined): readonly TableRows[] {
  if (rows === undefined) return [];
  const areFiles = Array.isArray(rows) && rows.every(isIterable);
  return areFiles ? (rows as readonly TableRows[]) : [rows as TableRows];
}

async function* oneByOne(rows: TableRows, toRecord: (row: TableRow) => FeedRecord): AsyncGenerator<Placed> {
  for await (const row of rows) yield { session: sessionOf(row), record: toRecord(row) };
}

/** A snapshot is as many rows as it has levels. */
async function* snapshots(rows: TableRows): AsyncGenerator<Placed> {
  let levels: TableRow[] = [];
  const snapshot = (): Placed => ({ session: sessionOf(levels[0]!), record: snapshotOfRows(levels) });
  for await (const row of rows) {
    if (levels.length > 0 && !isOfSameSnapshot(levels[0]!, row)) {
      yield snapshot();
      levels = [];
    }
    levels.push(row);
  }
  if (levels.length > 0) yield snapshot();
}

/** What is at hand of a file. */
type Head = Placed & {
  readonly rows: AsyncIterator<Placed>;
  readonly order: number;
  readonly stream: string;
  readonly number: number | null;
  readonly atMs: number;
};

/** How far the rows of a file have come. */
type Reached = { readonly session: string; readonly streams: Map<string, number>; atMs: number };

class TableMerge {
  readonly #files: readonly AsyncIterator<Placed>[];
  #heads: Head[] = [];
  /** When a stream's last record counts as arrived: no stream goes back. */
  readonly #reachedMs = new Map<string, number>();
  /** By the place of the file. */
  readonly #reachedIn = new Map<number, Reached>();

  constructor(files: readonly AsyncIterator<Placed>[]) {
    this.#files = files;
  }

  /** One source after the other: each is to be read to its end before the next. */
  async *sessions(): AsyncGenerator<RecordSource> {
    for (const [order, rows] of this.#files.entries()) await this.#load(rows, order);
    while (this.#heads.length > 0) {
      const { session } = this.#heads.reduce((one, other) => (other.atMs < one.atMs ? other : one));
      yield this.#recordsOf(session);
      this.#reachedMs.clear();
    }
  }

  async close(): Promise<void> {
    for (const file of this.#files) await file.return?.();
  }

  async *#recordsOf(session: string): AsyncGenerator<FeedRecord> {
    for (let head = this.#first(session); head; head = this.#first(session)) {
      this.#heads.splice(this.#heads.indexOf(head), 1);
      this.#reachedMs.set(head.stream, this.#arrivalOf(head));
      yield head.record;
      await this.#load(head.rows, head.order);
    }
  }

  async #load(rows: AsyncIterator<Placed>, order: number): Promise<void> {
    const { done, value } = await rows.next();
    if (done === true) return;
    const { record } = value;
    const isGap = record.kind === 'gap';
    const number = isGap ? record.firstSeq : record.seq;
    const atMs = isGap ? record.fromAtMs : record.receivedAtMs;
    // What has no number is in no order but that of its own kind.
    const stream =
      number === null ? (isGap ? 'holes' : `${record.epoch}/${record.sid} loose`) : `${record.epoch}/${record.sid}`;
    this.#refuseDisorder(value, stream, atMs, order);
    this.#heads.push({ ...value, rows, order, stream, number, atMs });
  }

  /** Rows of a file that come in another order would be told at other times. @throws {RangeError} */
  #refuseDisorder({ session, record }: Placed, stream: string, atMs: number, order: number): void {
    let file = this.#reachedIn.get(order);
    if (file?.session !== session)
      this.#reachedIn.set(order, (file = { session, atMs: -Infinity, streams: new Map() }));
    const arrival = Math.max(atMs, file.streams.get(stream) ?? -Infinity);
    if (arrival < file.atMs) {
      const at = (ms: number): string => new Date(ms).toISOString();
      throw new RangeError(
        `Rows are not in the order of their arrival: a ${record.kind} of ${at(arrival)} comes behind one of ${at(file.atMs)}. ` +
          `Sort each table by session_id, received_at (gaps: from_at), epoch, sid and seq (gaps: first_seq).`,
      );
    }
    file.atMs = arrival;
    file.streams.set(stream, arrival);
  }

  #first(session: string): Head | undefined {
    let first: Head | undefined;
    for (const head of this.#heads)
      if (head.session === session && (!first || this.#goesBefore(head, first))) first = head;
    return first;
  }

  #goesBefore(one: Head, other: Head): boolean {
    if (one.stream === other.stream && one.number !== other.number) return one.number! < other.number!;
    const [oneAt, otherAt] = [this.#arrivalOf(one), this.#arrivalOf(other)];
    if (oneAt !== otherAt) return oneAt < otherAt;
    const [oneEpoch, otherEpoch] = [one.record.epoch, other.record.epoch];
    if (oneEpoch !== otherEpoch) return oneEpoch < otherEpoch;
    const [oneRank, otherRank] = [rankOf(one), rankOf(other)];
    if (oneRank !== otherRank) return oneRank < otherRank;
    const [oneSid, otherSid] = [one.record.sid ?? 0, other.record.sid ?? 0];
    return oneSid === otherSid ? one.order < other.order : oneSid < otherSid;
  }

  /** Where the clock went back, what came later in a stream counts as having come with what was before it. */
  #arrivalOf({ stream, number, atMs }: Head): number {
    let arrival = Math.max(atMs, this.#reachedMs.get(stream) ?? -Infinity);
    for (const head of this.#heads)
      if (head.stream === stream && head.number! < number!) arrival = Math.max(arrival, head.atMs);
    return arrival;
  }
}

/** Of equal times: what has a number, then trades without one, then holes. */
const rankOf = ({ number, record }: Head): number => (number !== null ? 0 : record.kind === 'gap' ? 2 : 1);
