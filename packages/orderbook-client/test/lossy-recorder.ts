// An exchange whose frames are recorded by somebody who loses some of them, and names each loss as stores do.
import { seededRandom } from '@trader/testkit';
import type { FeedRecord, GapRecord } from '../src/records.ts';

const START_MS = 1_800_000_000_000;

/** What is true after a record: each market's YES bids. `null`: nothing came with it. */
export type Truth = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** An exchange whose frames are recorded by somebody who loses some of them, and names each loss as stores do. */
export class LossyRecorder {
  readonly records: FeedRecord[] = [];
  readonly #truths = new Map<FeedRecord, Truth>();
  readonly #random: () => number;
  readonly #markets: readonly string[];
  readonly #books: ReadonlyMap<string, Map<number, number>>;
  #subscribed: Set<string>;
  #epoch = 0;
  #sid = 0;
  #seq = 0;
  #atMs = START_MS;
  #lastAtMs = START_MS;

  constructor(seed: number, markets: readonly string[]) {
    this.#random = seededRandom(seed);
    this.#markets = markets;
    this.#books = new Map(markets.map((market) => [market, new Map<number, number>()]));
    this.#subscribed = new Set(markets);
    this.#connect();
  }

  truthAt(record: FeedRecord): Truth {
    return this.#truths.get(record)!;
  }

  move(): void {
    this.#atMs += Math.floor(this.#random() * 4);
    const at = this.#random();
    if (at < 0.7) this.#change(true);
    else if (at < 0.78) this.#sendBook(this.#any(this.#markets));
    else if (at < 0.84) this.#loseNumbers();
    else if (at < 0.88) this.#loseTime();
    else if (at < 0.91) this.#leaveMarket();
    else if (at < 0.94) this.#loseSubscription();
    else if (at < 0.97) this.#connect();
    else if (at < 0.98) this.#startAnew();
    else this.#spoil();
  }

  #connect(): void {
    if (this.#epoch > 0)
      this.#gap({ sid: this.#sid, firstSeq: this.#seq + 1, fromAtMs: this.#lastAtMs, cause: 'disconnected' });
    for (let lost = 0; lost < 3; lost++) this.#change(false);
    this.#epoch++;
    this.#subscribe(1);
  }

  #subscribe(sid: number): void {
    this.#sid = sid;
    this.#seq = 0;
    this.#subscribed = new Set(this.#markets);
    for (const market of this.#markets) if (this.#random() < 0.8) this.#sendBook(market);
  }

  /** The numbers begin again, as where two recordings stand one after the other. */
  #startAnew(): void {
    for (let lost = 0; lost < 3; lost++) this.#change(false);
    this.#subscribe(this.#sid);
  }

  #loseSubscription(): void {
    this.#raw({ type: 'unsubscribed', sid: this.#sid }, null);
    this.#gap({ sid: this.#sid, firstSeq: this.#seq + 1, fromAtMs: this.#lastAtMs, cause: 'subscription-lost' });
    for (let lost = 0; lost < 3; lost++) this.#change(false);
    this.#subscribe(this.#sid + 1);
  }

  #leaveMarket(): void {
    this.#subscribed.delete(this.#any(this.#markets));
    this.#raw({ type: 'ok', id: 1, msg: { market_tickers: [...this.#subscribed] } }, ++this.#seq);
  }

  #loseNumbers(): void {
    const { firstSeq, fromAtMs } = { firstSeq: this.#seq + 1, fromAtMs: this.#lastAtMs };
    const count = 1 + Math.floor(this.#random() * 3);
    const ofOne = this.#random() < 0.3 ? this.#any(this.#markets) : null;
    for (let lost = 0; lost < count; lost++) this.#change(false, ofOne);
    this.#seq = firstSeq + count - 1;
    this.#atMs += 2;
    const cause = ofOne === null ? 'sequence' : 'violation';
    this.#gap({ sid: this.#sid, firstSeq, lastSeq: this.#seq, fromAtMs, toAtMs: this.#atMs, cause, market: ofOne });
    this.#change(true);
  }

  /** A recorder's own hole: only its time is known, and some of what came then is there. */
  #loseTime(): void {
    const at = this.records.length;
    const fromAtMs = this.#atMs;
    const ofOne = this.#random() < 0.3 ? this.#any(this.#markets) : null;
    for (let frame = 0; frame < 6; frame++) {
      this.#atMs++;
      if (this.#random() < 0.3) this.#sendBook(this.#any(this.#markets));
      else this.#change(this.#random() < 0.5 && ofOne === null, ofOne);
    }
    const gap = this.#gapOf({ fromAtMs, toAtMs: this.#atMs, cause: 'paused', market: ofOne });
    this.records.splice(at, 0, gap);
    this.#truths.set(gap, this.#truth());
    this.#atMs++;
  }

  /** One record is no record, and what it was is lost. */
  #spoil(): void {
    this.#change(true);
    const last = this.records.at(-1)!;
    if (last.kind !== 'delta') return;
    const broken = { ...last, price: Number.NaN };
    this.records[this.records.length - 1] = broken;
    this.#truths.set(broken, this.#truth());
  }

  #change(isRecorded: boolean, only: string | null = null): void {
    const market = only ?? this.#any(this.#markets);
    const book = this.#books.get(market)!;
    const price = 1000 + Math.floor(this.#random() * 5);
    const size = book.get(price) ?? 0;
    const delta = size > 0 && this.#random() < 0.5 ? -size : 100;
    if (size + delta === 0) book.delete(price);
    else book.set(price, size + delta);
    if (!isRecorded || !this.#subscribed.has(market)) {
      if (this.#subscribed.has(market)) this.#seq++;
      return;
    }
    this.#push({ kind: 'delta', ...this.#place(), market, side: 'yes', price, delta, exchangeAtMs: null });
  }

  #sendBook(market: string): void {
    // `get_snapshot` is asked for what is subscribed.
    if (!this.#subscribed.has(market)) return;
    this.#push({ kind: 'snapshot', ...this.#place(), market, yes: [...this.#books.get(market)!], no: [] });
  }

  #raw(frame: object, seq: number | null): void {
    const { epoch, sid, receivedAtMs } = { epoch: this.#epoch, sid: this.#sid, receivedAtMs: this.#atMs };
    this.#push({ kind: 'raw', epoch, sid, seq, receivedAtMs, text: JSON.stringify({ sid, seq, ...frame }) });
  }

  #place() {
    return { epoch: this.#epoch, sid: this.#sid, seq: ++this.#seq, receivedAtMs: this.#atMs };
  }

  #gapOf(of: Partial<GapRecord>): GapRecord {
    const open = { sid: null, firstSeq: null, lastSeq: null, fromAtMs: this.#atMs, toAtMs: null, cause: 'lost' };
    return { kind: 'gap', epoch: this.#epoch, ...open, ...of };
  }

  #gap(of: Partial<GapRecord>): void {
    this.#push(this.#gapOf(of));
  }

  #push(record: FeedRecord): void {
    this.records.push(record);
    this.#truths.set(record, this.#truth());
    if (record.kind !== 'gap') this.#lastAtMs = record.receivedAtMs;
  }

  #truth(): Truth {
    return new Map([...this.#books].map(([market, book]) => [market, new Map(book)]));
  }

  #any<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)]!;
  }
}
