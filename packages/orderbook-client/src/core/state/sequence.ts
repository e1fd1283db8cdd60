// Numbers count per sid over all of its markets, and acknowledgements use them too.

/** The first number of every sid. */
const FIRST = 1;

/** So many old numbers in rising order are no echo of a frame: the exchange counts from somewhere else. */
const RESET_RUN = 3;

/** Follows one sid's numbers. */
export class SequenceTracker {
  #last: number;
  #echo = 0;
  #run = 0;

  /** @param last the number before the first that counts */
  constructor(last = FIRST - 1) {
    this.#last = last;
  }

  /** The highest number seen, 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /**
   * Takes the next number as it arrives.
   *
   * @returns `duplicate` for a number that was seen or skipped before; `gap` when the numbers from `last + 1` to
   * `seq - 1` are missing; `reset` when the first number comes again, or old
   * ones come one after the other, so that the count cannot be trusted
   */
  accept(seq: number): 'in-order' | 'duplicate' | 'gap' | 'reset' {
    if (seq === this.#last + 1) {
      this.#last = seq;
      this.#run = 0;
      return 'in-order';
    }
    if (seq > this.#last) {
      this.#last = seq;
      this.#run = 0;
      return 'gap';
    }
    this.#run = seq === this.#echo + 1 ? this.#run + 1 : 1;
    this.#echo = seq;
    return seq === FIRST || this.#run >= RESET_RUN ? 'reset' : 'duplicate';
  }
}
