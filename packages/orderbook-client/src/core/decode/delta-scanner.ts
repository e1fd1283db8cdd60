// Reads an `orderbook_delta` straight from its bytes. It knows one spelling, the exchange's own, and refuses every other
// frame: the plain decoder (`decode.ts`) then reads it. For a frame that both read, both give the same values.
//
//   {"type":"orderbook_delta","sid":1,"seq":24,"msg":{"market_ticker":"…","market_id":"<36 characters>",
//   "price_dollars":"0.4300","delta_fp":"-100.00","side":"yes","ts":"2026-08-07T06:46:28.97871Z",
//   "ts_ms":1786085188978}}
//
// `ts` may be missing, and so may both times. Its second is not read but spelled from `ts_ms`, and compared.
import { digitAt, fourDigitsAt, isPlainText, literal, wordOf } from './ascii-words.ts';
import type { Side } from '../price/book-level.ts';
import type { TickerTable } from './ticker-table.ts';

const TYPE_SID = '{"type":"orderbook_delta","sid":';
const SEQ = ',"seq":';
const TICKER = ',"msg":{"market_ticker":"';
const MARKET_ID = '","market_id":"';
const PRICE = '","price_dollars":"';
const CHANGE = '","delta_fp":"';
const SIDE = '","side":"';
const TS = ',"ts":"';
const TS_MS = ',"ts_ms":';

const isTypeSid = literal(TYPE_SID);
const isSeq = literal(SEQ);
const isTicker = literal(TICKER);
const isMarketId = literal(MARKET_ID);
const isPrice = literal(PRICE);
const isChange = literal(CHANGE);
const isSide = literal(SIDE);
const isTs = literal(TS);
const isTsMs = literal(TS_MS);
const YES = wordOf('yes"');
const NO = wordOf('no"');
const END = wordOf('}}');
const MINUS = wordOf('-');
const POINT = wordOf('.');
const ZULU = wordOf('Z"');

/** Where the type of a delta parts from a snapshot's, and its letter there. */
const LETTER_AT = TYPE_SID.indexOf('delta');
const LETTER = wordOf('d');
const MARKET_ID_BYTES = 36;
const PRICE_BYTES = '0.4300'.length;
/** From 2001 to 2286. */
const TS_MS_DIGITS = 13;
const SECOND_BYTES = '2026-08-07T06:46:28'.length;
/** What the last of so many digits behind the point counts, in µs. */
const DIGIT_US = [1_000_000, 100_000, 10_000, 1000, 100, 10, 1];
const MICRO_DIGITS = 6;
const toBytes = new TextEncoder();

/** No number of so many digits comes near 2^53. */
const MAX_DIGITS = 15;
/** From here on 1/100 contract has more digits than that. */
const TOO_MANY_CONTRACTS = 10 ** (MAX_DIGITS - 2);

/** With a ticker and numbers of one character, and no times. */
const SHORTEST = 176;
/** More than a ticker of 59 bytes, numbers of 15 digits and both times need. */
const LONGEST = 384;
/**
 * No bytes lead a scan further than 300 from the start: each part before `ts` has a bound, and `ts` is read from
 * the end.
 */
const COPY_BYTES = 512;

/** Reads the deltas of the markets in a table. The fields are those of the delta that was read last. */
export class DeltaScanner<T> {
  sid = 0;
  seq = 0;
  /** What the table has for the market. */
  value!: T;
  side: Side = 'yes';
  /** In 1/10,000 dollar. */
  price = 0;
  /** In 1/100 contract, signed. */
  delta = 0;
  /** NaN where there is none. If the field could be `null`, each number in it would be an object of its own. */
  #exchangeAtMs = Number.NaN;
  #exchangeAtUs = Number.NaN;

  /** The second of the last `ts_ms`, as `ts` spells it: most frames are of the same one, so that it is spelled once for them. */
  readonly #secondText = new DataView(new ArrayBuffer('2026-08-07T06:46:28.978Z'.length));
  #secondMs = Number.NaN;

  readonly #markets: TickerTable<T>;
  /**
   * A copy of the frame at a fixed place, so that words can be read without a view for each frame. Behind its end lie
   * bytes of older frames. They do no harm: a frame is refused unless its text ends where its bytes end.
   */
  readonly #copy = new Uint8Array(COPY_BYTES);
  readonly #view = new DataView(this.#copy.buffer);
  /** Where the number ends that was read last. */
  #numberEnd = 0;

  constructor(markets: TickerTable<T>) {
    this.#markets = markets;
  }

  /** The exchange's own time, ms since the Unix epoch; `null` where the frame has none. */
  get exchangeAtMs(): number | null {
    return Number.isNaN(this.#exchangeAtMs) ? null : this.#exchangeAtMs;
  }

  /** The same in µs; `null` where the frame has none, or its `ts` is another time than its `ts_ms`. */
  get exchangeAtUs(): number | null {
    return Number.isNaN(this.#exchangeAtUs) ? null : this.#exchangeAtUs;
  }

  /**
   * Reads one frame. It never throws, whatever the bytes are, and allocates nothing but a date when the second changes.
   *
   * @returns `true`: it is a delta of a market in the table, and the fields have its values. `false`: it may be
   * anything, the fields mean nothing, and the plain decoder must read it
   */
  scan(bytes: Uint8Array): boolean {
    const length = bytes.length;
    if (length < SHORTEST || length > LONGEST || bytes[LETTER_AT] !== LETTER) return false;
    this.#copy.set(bytes);
    const view = this.#view;
    if (!isTypeSid(view, 0)) return false;
    this.sid = this.#positiveAt(TYPE_SID.length);
    let at = this.#numberEnd;
    if (this.sid === 0 || !isSeq(view, at)) return false;
    this.seq = this.#positiveAt(at + SEQ.length);
    at = this.#numberEnd;
    if (this.seq === 0 || !isTicker(view, at)) return false;
    at += TICKER.length;
    const entry = this.#markets.find(view, at);
    if (entry < 0) return false;
    this.value = this.#markets.valueOf(entry);
    at += this.#markets.lengthOf(entry);
    if (!isMarketId(view, at)) return false;
    at += MARKET_ID.length;
    return isPlainText(view, at, MARKET_ID_BYTES) && this.#readChange(at + MARKET_ID_BYTES, length);
  }

  /** From the price on. */
  #readChange(start: number, length: number): boolean {
    const view = this.#view;
    if (!isPrice(view, start)) return false;
    let at = start + PRICE.length;
    const dollars = digitAt(view, at);
    const fraction = fourDigitsAt(view, at + 2);
    if (view.getUint8(at + 1) !== POINT || fraction < 0) return false;
    if (dollars !== 0 && (dollars !== 1 || fraction !== 0)) return false;
    this.price = dollars * 10_000 + fraction;
    at += PRICE_BYTES;

    if (!isChange(view, at)) return false;
    at += CHANGE.length;
    const negative = view.getUint8(at) === MINUS;
    const size = this.#sizeAt(negative ? at + 1 : at);
    // Minus zero is not a spelling of the exchange.
    if (size < 0 || (negative && size === 0)) return false;
    this.delta = negative ? -size : size;
    at = this.#numberEnd;

    if (!isSide(view, at)) return false;
    at += SIDE.length;
    const word = view.getInt32(at, true);
    const yes = word === YES;
    if (!yes && (word & 0xffffff) !== NO) return false;
    this.side = yes ? 'yes' : 'no';
    return this.#readTimes(yes ? at + 4 : at + 3, length);
  }

  /** From the times on: backwards from the end, since only `ts` has no fixed length. */
  #readTimes(start: number, length: number): boolean {
    const view = this.#view;
    const end = length - 2;
    if (view.getInt16(end, true) !== END) return false;
    this.#exchangeAtUs = Number.NaN;
    if (start === end) {
      this.#exchangeAtMs = Number.NaN;
      return true;
    }
    const digitsAt = end - TS_MS_DIGITS;
    const tsMsAt = digitsAt - TS_MS.length;
    if (!isTsMs(view, tsMsAt)) return false;
    const first = digitAt(view, digitsAt);
    const high = fourDigitsAt(view, digitsAt + 1);
    const middle = fourDigitsAt(view, digitsAt + 5);
    const low = fourDigitsAt(view, digitsAt + 9);
    if (first < 1 || first > 9 || high < 0 || middle < 0 || low < 0) return false;
    const atMs = (first * 1e4 + high) * 1e8 + (middle * 1e4 + low);
    this.#exchangeAtMs = atMs;
    if (start === tsMsAt) return true;

    const textAt = start + TS.length;
    const quoteAt = tsMsAt - 1;
    // A time with another zone may be the same one.
    if (!isTs(view, start) || view.getInt16(quoteAt - 1, true) !== ZULU || quoteAt - textAt < 4) return false;
    const ms = low % 1000;
    if (this.#isOfSecond(textAt, atMs - ms)) {
      const microseconds = this.#microsecondsAt(textAt + SECOND_BYTES, quoteAt - 1);
      if (microseconds >= 0) {
        const atUs = (atMs - ms) * 1000 + microseconds;
        const isSame = ((microseconds / 1000) | 0) === ms && atUs <= Number.MAX_SAFE_INTEGER;
        if (isSame) this.#exchangeAtUs = atUs;
        return true;
      }
    }
    return isPlainText(view, textAt, quoteAt - textAt);
  }

  /** Whether the text of this second, up to its digits, lies there. */
  #isOfSecond(at: number, secondMs: number): boolean {
    const second = this.#secondText;
    if (secondMs !== this.#secondMs) {
      toBytes.encodeInto(new Date(secondMs).toISOString(), new Uint8Array(second.buffer));
      this.#secondMs = secondMs;
    }
    const view = this.#view;
    const tailAt = SECOND_BYTES - 4;
    return (
      view.getFloat64(at, true) === second.getFloat64(0, true) &&
      view.getFloat64(at + 8, true) === second.getFloat64(8, true) &&
      view.getInt32(at + tailAt, true) === second.getInt32(tailAt, true)
    );
  }

  /** What the digits behind the point say, if there is one, before the `Z` at `end`; -1 if something else is there. */
  #microsecondsAt(start: number, end: number): number {
    const view = this.#view;
    if (end === start) return 0;
    const count = Math.min(end - start - 1, MICRO_DIGITS);
    if (count <= 0 || view.getUint8(start) !== POINT) return -1;
    let value = 0;
    for (let at = start + 1; at < end; at++) {
      const digit = digitAt(view, at);
      if (digit > 9) return -1;
      // What is smaller than a microsecond is cut off.
      if (at <= start + MICRO_DIGITS) value = value * 10 + digit;
    }
    return value * DIGIT_US[count]!;
  }

  /**
   * A positive integer as JSON spells it; 0 if there is none. Of more than 15 digits the first 15 are read: a digit
   * follows then, and no key matches.
   */
  #positiveAt(start: number): number {
    const view = this.#view;
    let value = digitAt(view, start);
    if (value < 1 || value > 9) return 0;
    const limit = start + MAX_DIGITS;
    let at = start + 1;
    for (; at < limit; at++) {
      const digit = digitAt(view, at);
      if (digit > 9) break;
      value = value * 10 + digit;
    }
    this.#numberEnd = at;
    return value;
  }

  /** Contracts with two digits after the point, in 1/100 contract; -1 if there is no such number. */
  #sizeAt(start: number): number {
    const view = this.#view;
    let contracts = 0;
    let at = start + 1;
    if (digitAt(view, start) !== 0) {
      contracts = this.#positiveAt(start);
      if (contracts === 0 || contracts >= TOO_MANY_CONTRACTS) return -1;
      at = this.#numberEnd;
    }
    const tenths = digitAt(view, at + 1);
    const hundredths = digitAt(view, at + 2);
    if (view.getUint8(at) !== POINT || tenths > 9 || hundredths > 9) return -1;
    this.#numberEnd = at + 3;
    return contracts * 100 + tenths * 10 + hundredths;
  }
}
