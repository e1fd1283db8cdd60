import type { DeltaRecord, GapRecord, SnapshotRecord, StoreRecord } from '../../records.ts';
import { BookFold } from '../../batch/book-fold.ts';
import { breaks } from '../book/holes.ts';

/** Something that cannot be as it should. What it does not concern is `null`. */
export type Problem = {
  /** For people: what is wrong, and where. */
  readonly message: string;
  readonly epoch: number | null;
  readonly sid: number | null;
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
};

/** Which law a problem breaks, of those that a stream is checked for. */
export type StreamLaw = 'no unnamed hole' | 'no duplicate' | 'books fold';

export type StreamFindings = {
  /** Numbers that are stored or named, holes and all. */
  readonly numbers: number;
  /** Records with a number. */
  readonly numbered: number;
  /** Deltas that were folded into a book that was known. */
  readonly folded: number;
};

type Known = { readonly fold: BookFold; readonly since: SnapshotRecord };

/**
 * Checks the numbered records of one (epoch, sid) as they come by rising number, each hole of the ledger before what comes
 * after it. Memory grows with the stream's markets only.
 */
export class StreamCheck {
  readonly #epoch: number;
  readonly #sid: number;
  readonly #looseGaps: readonly GapRecord[];
  readonly #maxPriceSum: number;
  readonly #report: (law: StreamLaw, problem: Problem) => void;
  readonly #books = new Map<string, Known>();
  /** Where the latest hole of one market ends, by number: other markets' records may lie within it. */
  readonly #holeEnds = new Map<string, number>();
  #first: number | null = null;
  /** Every number from the first to this one is stored or named. */
  #accounted = -Infinity;
  /** A hole without an end reaches to the next record, whichever that is. */
  #openEnded = false;
  #lastStored = -Infinity;
  #numbered = 0;
  #folded = 0;

  /**
   * @param looseGaps the session's holes that name no number: no book is known across one
   * @param maxPriceSum the best yes and the best no price may add up to this
   */
  constructor(
    of: { readonly epoch: number; readonly sid: number },
    looseGaps: readonly GapRecord[],
    maxPriceSum: number,
    report: (law: StreamLaw, problem: Problem) => void,
  ) {
    this.#epoch = of.epoch;
    this.#sid = of.sid;
    this.#looseGaps = looseGaps.filter(({ epoch, sid }) => epoch === of.epoch && (sid === null || sid === of.sid));
    this.#maxPriceSum = maxPriceSum;
    this.#report = report;
  }

  add(record: StoreRecord): void {
    if (record.kind === 'gap') return this.#hole(record);
    this.#stored(record.seq!);
    if (record.kind === 'snapshot') {
      const fold = new BookFold();
      fold.set(record.yes, record.no);
      if (record.seq >= (this.#holeEnds.get(record.market) ?? -Infinity))
        this.#books.set(record.market, { fold, since: record });
    } else if (record.kind === 'delta') {
      this.#fold(record);
    }
  }

  findings(): StreamFindings {
    const last = Math.max(this.#accounted, this.#lastStored);
    const numbers = this.#first === null ? 0 : last - this.#first + 1;
    return { numbers, numbered: this.#numbered, folded: this.#folded };
  }

  #stored(seq: number): void {
    this.#numbered++;
    if (seq === this.#lastStored) this.#found('no duplicate', `number ${seq} is stored twice`, seq, seq);
    if (seq < this.#lastStored) {
      this.#found('no duplicate', `number ${seq} is stored behind ${this.#lastStored}`, seq, seq);
    }
    if (this.#openEnded) this.#accounted = seq - 1;
    this.#openEnded = false;
    this.#reach(seq, seq);
    this.#lastStored = Math.max(this.#lastStored, seq);
  }

  /** Its numbers are named, whether it is one market's or everyone's; only what is not known of the books differs. */
  #hole({ firstSeq, lastSeq, market }: GapRecord): void {
    const last = lastSeq ?? firstSeq!;
    this.#reach(firstSeq!, last);
    this.#openEnded ||= lastSeq === null;
    if (typeof market !== 'string') return this.#books.clear();
    this.#books.delete(market);
    this.#holeEnds.set(market, Math.max(last, this.#holeEnds.get(market) ?? -Infinity));
  }

  /** Accounts for the numbers from `first` to `last`. */
  #reach(first: number, last: number): void {
    this.#first ??= first;
    if (this.#accounted !== -Infinity && first > this.#accounted + 1) {
      const [from, to] = [this.#accounted + 1, first - 1];
      this.#found('no unnamed hole', `numbers ${from} to ${to} are neither stored nor in the ledger`, from, to);
      // Nothing is known of a book across it, and the hole has been reported.
      this.#books.clear();
    }
    this.#accounted = Math.max(this.#accounted, last);
  }

  #fold({ market, side, price, delta, seq, receivedAtMs }: DeltaRecord): void {
    const known = this.#books.get(market);
    if (!known) return;
    const { fold, since } = known;
    const isOf = (gap: GapRecord) => (gap.market ?? market) === market;
    if (this.#looseGaps.some((gap) => isOf(gap) && gap.fromAtMs <= receivedAtMs && breaks(gap, since))) {
      this.#books.delete(market);
      return;
    }
    this.#folded++;
    const size = fold.change(side, price, delta);
    const sum = this.#maxPriceSum === Infinity ? 0 : fold.best('yes') + fold.best('no');
    if (size >= 0 && sum <= this.#maxPriceSum) return;
    const what =
      size < 0 ? `${side} at ${price} falls to ${size}` : `yes and no cross: their best prices add up to ${sum}`;
    this.#found('books fold', `${what} in ${market}`, seq, seq);
    // What follows from it is not another problem.
    this.#books.delete(market);
  }

  #found(law: StreamLaw, what: string, firstSeq: number, lastSeq: number): void {
    const where = `epoch ${this.#epoch}, sid ${this.#sid}: `;
    this.#report(law, { message: where + what, epoch: this.#epoch, sid: this.#sid, firstSeq, lastSeq });
  }
}
