export type StepSizeLimits = {
  readonly least: number;
  readonly most: number;
  /** How long it should take. */
  readonly targetMs: number;
};

/**
 * How many records the next step of a long job takes, from how long the last one took. What a record costs differs by an order
 * of magnitude between machines, between a server and an embedded database, and between ten markets and five thousand.
 */
export class StepSize {
  readonly #limits: StepSizeLimits;
  #records: number;

  constructor(limits: StepSizeLimits) {
    this.#limits = limits;
    // Up by a few doublings is better than one long step at the start.
    this.#records = limits.least;
  }

  get records(): number {
    return this.#records;
  }

  /** At most twice or half of it at a time, so that one odd step does not decide. */
  took(records: number, ms: number): void {
    const { least, most, targetMs } = this.#limits;
    const size = this.#records;
    const fitting = ms > 0 ? (size * targetMs) / ms : Infinity;
    // What was over quickly because there was little to do says nothing about more.
    if (fitting > size && 2 * records < size) return;
    const next = Math.floor(Math.min(Math.max(fitting, size / 2), size * 2));
    this.#records = Math.min(Math.max(next, least), most);
  }
}
