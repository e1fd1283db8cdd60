import type { DeltaRecord } from '../records.ts';
import { dayOf } from '../database/day.ts';
import { append } from './append.ts';
import { isInt32 } from './record-check.ts';

/** What columns with room for as many numbers are copies of. */
const zeros = Array.from({ length: 5000 }, () => 0);

/** The fields as JSON has them. */
export type WrittenDeltas = Omit<DeltaColumns, 'delays' | 'micros' | 'length' | 'fits' | 'push' | 'join' | 'trim'> & {
  readonly delays: readonly (number | null)[];
  /** A version before wrote none. */
  readonly micros?: readonly (number | null)[];
};

const unknown = (length: number) => Array.from({ length }, () => Number.NaN);
const orNaN = (value: number | null) => value ?? Number.NaN;

/**
 * The deltas of one (epoch, sid) on their way to one chunk row: a column per field, no object per record. Values are
 * relative to the first delta, so that the database's compression finds little to keep.
 *
 * A column is made with the room that it is expected to need, since arrays that grow leave three times as much behind for the garbage
 * collector. It is as long as its room until `trim`.
 */
export class DeltaColumns {
  readonly epoch: number;
  readonly sid: number;
  readonly firstSeq: number;
  readonly receivedAtMs: number;
  readonly skipped: number[];
  /** Positions in the batch's list of markets; the database's numbers are not known yet. */
  readonly markets: number[];
  /** 1 for yes, 0 for no. */
  readonly yes: number[];
  readonly prices: number[];
  readonly deltas: number[];
  readonly receivedOffsets: number[];
  /** NaN where the exchange gave no time. */
  readonly delays: number[];
  /** Of the exchange's time within its ms; NaN where they are not known. Empty as long as none are. */
  micros: number[] = [];
  lastSeq: number;
  #length = 0;

  /** @param room deltas that are expected; more fit too */
  constructor(first: Pick<DeltaRecord, 'epoch' | 'sid' | 'seq' | 'receivedAtMs'>, room = 0) {
    this.epoch = first.epoch;
    this.sid = first.sid;
    this.firstSeq = first.seq;
    this.lastSeq = first.seq;
    this.receivedAtMs = first.receivedAtMs;
    this.skipped = zeros.slice(0, room);
    this.markets = zeros.slice(0, room);
    this.yes = zeros.slice(0, room);
    this.prices = zeros.slice(0, room);
    this.deltas = zeros.slice(0, room);
    this.receivedOffsets = zeros.slice(0, room);
    this.delays = zeros.slice(0, room);
  }

  /** One that was trimmed, as JSON has it: with null for NaN. */
  static from(fields: WrittenDeltas): DeltaColumns {
    const { epoch, sid, firstSeq: seq, receivedAtMs, delays, micros = [], prices } = fields;
    const chunk = new DeltaColumns({ epoch, sid, seq, receivedAtMs });
    Object.assign(chunk, fields, { delays: delays.map(orNaN), micros: micros.map(orNaN) });
    chunk.#length = prices.length;
    return chunk;
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Whether `record` can go into this chunk. If not, the chunk ends here and the next starts a new base: where an offset would
   * not fit its 32 bits, and where the day changes, so that a day's partition holds that day's deltas and no others (within a
   * day the offset in ms fits).
   */
  fits(record: DeltaRecord): boolean {
    return (
      isInt32(record.seq - this.firstSeq - this.#length) && dayOf(record.receivedAtMs) === dayOf(this.receivedAtMs)
    );
  }

  push(record: DeltaRecord, market: number): void {
    const at = this.#length++;
    this.skipped[at] = record.seq - this.firstSeq - at;
    this.markets[at] = market;
    this.yes[at] = record.side === 'yes' ? 1 : 0;
    this.prices[at] = record.price;
    this.deltas[at] = record.delta;
    this.receivedOffsets[at] = record.receivedAtMs - this.receivedAtMs;
    this.delays[at] = record.exchangeAtMs === null ? Number.NaN : record.receivedAtMs - record.exchangeAtMs;
    this.#pushMicros(record, at);
    this.lastSeq = record.seq;
  }

  #pushMicros({ exchangeAtMs, exchangeAtUs = null }: DeltaRecord, at: number): void {
    if (exchangeAtUs === null) {
      if (this.micros.length > 0) this.micros[at] = Number.NaN;
      return;
    }
    if (this.micros.length === 0) this.micros = at === 0 ? zeros.slice(0, this.delays.length) : unknown(at);
    this.micros[at] = exchangeAtUs - exchangeAtMs! * 1000;
  }

  /** Gives back the room that was not needed. */
  trim(): void {
    if (this.micros.length > 0) this.micros.length = this.#length;
    const { skipped, markets, yes, prices, deltas, receivedOffsets, delays } = this;
    for (const column of [skipped, markets, yes, prices, deltas, receivedOffsets, delays]) column.length = this.#length;
  }

  /**
   * Adds what came behind it on the same subscription, if it fits as a record must. Both are trimmed.
   *
   * @param markets positions in this batch's list of markets, by those in the other's
   * @returns whether it was added
   */
  join(next: DeltaColumns, markets: readonly number[]): boolean {
    const skippedBefore = next.firstSeq - this.firstSeq - this.#length;
    const fits =
      isInt32(next.lastSeq - this.firstSeq - this.#length - next.length) &&
      dayOf(next.receivedAtMs) === dayOf(this.receivedAtMs);
    if (!fits) return false;
    const later = next.receivedAtMs - this.receivedAtMs;
    for (const skipped of next.skipped) this.skipped.push(skipped + skippedBefore);
    for (const market of next.markets) this.markets.push(markets[market]!);
    for (const offset of next.receivedOffsets) this.receivedOffsets.push(offset + later);
    append(this.yes, next.yes);
    append(this.prices, next.prices);
    append(this.deltas, next.deltas);
    append(this.delays, next.delays);
    if (this.micros.length > 0 || next.micros.length > 0) {
      append(this.micros, unknown(this.#length - this.micros.length));
      append(this.micros, next.micros);
      append(this.micros, unknown(next.length - next.micros.length));
    }
    this.#length += next.length;
    this.lastSeq = next.lastSeq;
    return true;
  }
}
