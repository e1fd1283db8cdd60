import type { TradeRecord } from '../records.ts';
import { dayOf } from '../database/day.ts';
import { append } from './append.ts';
import { isInt32 } from './record-check.ts';

/** The trades of one (epoch, sid) on their way to one chunk row, as `DeltaColumns` are for deltas. */
export class TradeColumns {
  readonly epoch: number;
  readonly sid: number;
  /** Trades of a session are numbered by us, in order of arrival from 0, because not all have a number of their own. */
  readonly firstOrdinal: number;
  readonly ordinalsSkipped: number[] = [];
  /** `null` when the trades of this chunk have no numbers; `skipped` is empty then. */
  readonly firstSeq: number | null;
  readonly skipped: number[] = [];
  readonly receivedAtMs: number;
  /** Positions in the batch's list of markets. */
  readonly markets: number[] = [];
  readonly tradeIds: string[] = [];
  readonly yesPrices: number[] = [];
  readonly sizes: number[] = [];
  readonly takerYes: (boolean | null)[] = [];
  readonly blockTrades: (boolean | null)[] = [];
  readonly receivedOffsets: number[] = [];
  readonly delays: (number | null)[] = [];

  constructor(first: Pick<TradeRecord, 'epoch' | 'sid' | 'seq' | 'receivedAtMs'>, ordinal: number) {
    this.epoch = first.epoch;
    this.sid = first.sid;
    this.firstOrdinal = ordinal;
    this.firstSeq = first.seq;
    this.receivedAtMs = first.receivedAtMs;
  }

  /** Whether `record` can go into this chunk: its offsets fit 32 bits, its day is the chunk's, and it has a number if the others have. */
  fits(record: TradeRecord, ordinal: number): boolean {
    const position = this.tradeIds.length;
    const numbered =
      this.firstSeq === null || record.seq === null
        ? record.seq === this.firstSeq
        : isInt32(record.seq - this.firstSeq - position);
    return (
      numbered &&
      isInt32(ordinal - this.firstOrdinal - position) &&
      dayOf(record.receivedAtMs) === dayOf(this.receivedAtMs)
    );
  }

  push(record: TradeRecord, ordinal: number, market: number): void {
    const position = this.tradeIds.length;
    this.ordinalsSkipped.push(ordinal - this.firstOrdinal - position);
    if (record.seq !== null && this.firstSeq !== null) this.skipped.push(record.seq - this.firstSeq - position);
    this.markets.push(market);
    this.tradeIds.push(record.tradeId);
    this.yesPrices.push(record.yesPrice);
    this.sizes.push(record.size);
    this.takerYes.push(record.takerSide === null ? null : record.takerSide === 'yes');
    this.blockTrades.push(record.isBlockTrade);
    this.receivedOffsets.push(record.receivedAtMs - this.receivedAtMs);
    this.delays.push(record.exchangeAtMs === null ? null : record.receivedAtMs - record.exchangeAtMs);
  }

  /** Adds what came behind it on the same subscription, if it fits as a record must: see `DeltaColumns.join`. */
  join(next: TradeColumns, markets: readonly number[]): boolean {
    const before = this.tradeIds.length;
    const ordinalsBefore = next.firstOrdinal - this.firstOrdinal - before;
    const isNumbered = this.firstSeq !== null && next.firstSeq !== null;
    const skippedBefore = isNumbered ? next.firstSeq - this.firstSeq - before : 0;
    const fits =
      (this.firstSeq === null) === (next.firstSeq === null) &&
      isInt32(skippedBefore + (next.skipped.at(-1) ?? 0)) &&
      isInt32(ordinalsBefore + next.ordinalsSkipped.at(-1)!) &&
      dayOf(next.receivedAtMs) === dayOf(this.receivedAtMs);
    if (!fits) return false;
    const later = next.receivedAtMs - this.receivedAtMs;
    for (const skipped of next.ordinalsSkipped) this.ordinalsSkipped.push(skipped + ordinalsBefore);
    for (const skipped of next.skipped) this.skipped.push(skipped + skippedBefore);
    for (const market of next.markets) this.markets.push(markets[market]!);
    for (const offset of next.receivedOffsets) this.receivedOffsets.push(offset + later);
    append(this.tradeIds, next.tradeIds);
    append(this.yesPrices, next.yesPrices);
    append(this.sizes, next.sizes);
    append(this.takerYes, next.takerYes);
    append(this.blockTrades, next.blockTrades);
    append(this.delays, next.delays);
    return true;
  }
}
