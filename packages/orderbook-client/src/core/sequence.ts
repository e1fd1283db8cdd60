// Numbers count per sid over all of its markets, and acknowledgements use them too.

/** The first number of every sid. */
const FIRST = 1;

/** Follows one sid's numbers. */
export class SequenceTracker {
  #last = FIRST - 1;

  /** The highest number seen, 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /**
   * Takes the next number as it arrives.
   *
   * @returns `duplicate` for a number that was seen or skipped before; `gap` when numbers are missing before this one,
   * which are then `missingFrom` to `seq - 1`
   */
  accept(seq: number): 'in-order' | 'duplicate' | 'gap' {
    if (seq <= this.#last) return 'duplicate';
    const verdict = seq === this.#last + 1 ? 'in-order' : 'gap';
    this.#last = seq;
    return verdict;
  }
}
