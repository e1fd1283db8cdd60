import { SessionStoreError } from '../../errors.ts';
import type { DeltaRecord, GapRecord, RawRecord, SnapshotRecord, StoreRecord, TradeRecord } from '../../records.ts';
import { ByteWriter } from './byte-writer.ts';
import { crc32 } from './checksum.ts';
import {
  emptyContext,
  followsOn,
  hasEnd,
  hasExchangeTime,
  hasFirstSeq,
  hasLastSeq,
  hasSeq,
  hasSid,
  isShed,
  isYes,
  kinds,
  tradeFlags,
  version,
  type Market,
  type Ordinals,
} from './part-format.ts';
import type { ShedRange } from '../../batch/shed-ranges.ts';

/** Encodes records as they come, for one session. Keeps none of them. */
export class PartEncoder {
  readonly #body = new ByteWriter();
  readonly #markets = new Map<string, Market>();
  #context = emptyContext();
  #records = 0;
  readonly #next = { trades: 0, raw: 0, gaps: 0 };
  #first: Ordinals = { ...this.#next };

  /** Records in the part so far. */
  get records(): number {
    return this.#records;
  }

  /** Its size so far. */
  get bytes(): number {
    return this.#body.length;
  }

  /** @param record one that the session's `Collector` has taken, and so is within its ranges */
  add(record: StoreRecord): void {
    switch (record.kind) {
      case 'delta':
        this.#delta(record);
        break;
      case 'snapshot':
        this.#snapshot(record);
        break;
      case 'raw':
        this.#rawFrame(record);
        break;
      case 'gap':
        this.#gap(record, 0);
        break;
      case 'trade':
        this.#trade(record);
        break;
      default:
        throw new SessionStoreError('RECORD_INVALID', 'A record of an unknown kind cannot be spooled.');
    }
    this.#records++;
  }

  /** A range of records that were dropped, as `Collector.addShedRange` takes it. */
  addShedRange({ record, shed }: ShedRange): void {
    this.#gap(record, shed);
    this.#records++;
  }

  /** Ends the part, with at least one record, and begins the next. */
  take(): Uint8Array {
    const part = new ByteWriter(this.#body.length + 32);
    part.byte(version);
    part.count(this.#records);
    part.count(this.#first.trades);
    part.count(this.#first.raw);
    part.count(this.#first.gaps);
    part.bytes(this.#body.written());
    part.uint32(crc32(part.written()));
    this.#body.length = 0;
    this.#context = emptyContext();
    this.#markets.clear();
    this.#records = 0;
    this.#first = { ...this.#next };
    return part.take();
  }

  #delta(record: DeltaRecord): void {
    const flags = (record.side === 'yes' ? isYes : 0) | (record.exchangeAtMs === null ? 0 : hasExchangeTime);
    this.#number(kinds.delta | flags, record);
    const market = this.#market(record.market);
    this.#body.integer(record.price - market.lastPrice);
    market.lastPrice = record.price;
    this.#body.integer(record.delta);
    this.#time(record.receivedAtMs);
    if (record.exchangeAtMs !== null) this.#body.integer(record.receivedAtMs - record.exchangeAtMs);
  }

  #snapshot(record: SnapshotRecord): void {
    this.#number(kinds.snapshot, record);
    this.#market(record.market);
    this.#time(record.receivedAtMs);
    for (const levels of [record.yes, record.no]) {
      this.#body.count(levels.length);
      let last = 0;
      for (const [price, size] of levels) {
        this.#body.integer(price - last);
        this.#body.integer(size);
        last = price;
      }
    }
  }

  #rawFrame(record: RawRecord): void {
    this.#body.byte(kinds.raw | (record.sid === null ? 0 : hasSid) | (record.seq === null ? 0 : hasSeq));
    this.#body.integer(record.epoch);
    if (record.sid !== null) this.#body.integer(record.sid);
    if (record.seq !== null) this.#body.integer(record.seq);
    this.#time(record.receivedAtMs);
    this.#body.text(record.text);
    this.#next.raw++;
  }

  #trade(record: TradeRecord): void {
    const { takerSide, isBlockTrade } = record;
    const tag = kinds.trade | (record.exchangeAtMs === null ? 0 : hasExchangeTime);
    const details =
      (record.seq === null ? 0 : tradeFlags.hasSeq) |
      (takerSide === null ? 0 : tradeFlags.takerKnown) |
      (takerSide === 'yes' ? tradeFlags.takerYes : 0) |
      (isBlockTrade === null ? 0 : tradeFlags.blockKnown) |
      (isBlockTrade ? tradeFlags.isBlock : 0);
    if (record.seq === null) {
      this.#body.byte(tag);
      this.#body.byte(details);
      this.#body.integer(record.epoch);
      this.#body.integer(record.sid);
    } else {
      this.#number(tag, { ...record, seq: record.seq }, details);
    }
    this.#market(record.market);
    this.#body.text(record.tradeId);
    this.#body.integer(record.yesPrice);
    this.#body.integer(record.size);
    this.#time(record.receivedAtMs);
    if (record.exchangeAtMs !== null) this.#body.integer(record.receivedAtMs - record.exchangeAtMs);
    this.#next.trades++;
  }

  #gap(record: GapRecord, shed: number): void {
    const { sid, firstSeq, lastSeq, toAtMs } = record;
    this.#body.byte(
      kinds.gap |
        (sid === null ? 0 : hasSid) |
        (firstSeq === null ? 0 : hasFirstSeq) |
        (lastSeq === null ? 0 : hasLastSeq) |
        (toAtMs === null ? 0 : hasEnd) |
        (shed === 0 ? 0 : isShed),
    );
    if (shed > 0) this.#body.count(shed);
    this.#body.integer(record.epoch);
    if (sid !== null) this.#body.integer(sid);
    if (firstSeq !== null) this.#body.integer(firstSeq);
    if (lastSeq !== null) this.#body.integer(lastSeq);
    this.#time(record.fromAtMs);
    if (toAtMs !== null) this.#body.integer(toAtMs - record.fromAtMs);
    this.#body.text(record.cause);
    this.#next.gaps++;
  }

  /** Tag, a trade's details, number. */
  #number(tag: number, { epoch, sid, seq }: { epoch: number; sid: number; seq: number }, details?: number): void {
    const { latest, streams } = this.#context;
    const isNext = latest !== null && latest.epoch === epoch && latest.sid === sid && seq === latest.lastSeq + 1;
    this.#body.byte(isNext ? tag | followsOn : tag);
    if (details !== undefined) this.#body.byte(details);
    if (isNext) {
      latest.lastSeq = seq;
      return;
    }
    const index = streams.findIndex((stream) => stream.epoch === epoch && stream.sid === sid);
    const stream = streams[index];
    // Numbers of one stream may be further apart than 2^53; it is then introduced once more.
    const step = stream ? seq - stream.lastSeq : Number.NaN;
    if (stream && Number.isSafeInteger(step)) {
      this.#body.count(index);
      this.#body.integer(step);
      stream.lastSeq = seq;
      this.#context.latest = stream;
      return;
    }
    this.#body.count(streams.length);
    this.#body.integer(epoch);
    this.#body.integer(sid);
    this.#body.integer(seq);
    this.#context.latest = { epoch, sid, lastSeq: seq };
    streams.push(this.#context.latest);
  }

  #market(name: string): Market {
    const known = this.#markets.get(name);
    if (known) {
      this.#body.count(known.index);
      return known;
    }
    const market = { name, index: this.#markets.size, lastPrice: 0 };
    this.#markets.set(name, market);
    this.#body.count(market.index);
    this.#body.text(name);
    return market;
  }

  #time(atMs: number): void {
    this.#body.integer(atMs - this.#context.lastAtMs);
    this.#context.lastAtMs = atMs;
  }
}
