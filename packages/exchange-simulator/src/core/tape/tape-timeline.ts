// When a tape's lines are due. Tapes that share a market are one group with one timeline, so that a market split over
// two files goes on in the second where the first ended; each group's timeline starts at zero, so that recordings of
// different days play side by side.

/** What a scan has learnt of a tape. */
export interface TapeSpan {
  readonly tickers: ReadonlySet<string>;
  /** Time of the first line that has one; `undefined` when none has: the tape is untimed. */
  readonly firstMs: number | undefined;
}

/** For each tape, the moment that is zero on its group's timeline. */
export function timelineOrigins(tapes: readonly TapeSpan[]): number[] {
  const parent = tapes.map((_, index) => index);
  const root = (index: number): number => (parent[index] === index ? index : root(parent[index] as number));
  const firstWith = new Map<string, number>();
  for (const [index, { tickers }] of tapes.entries()) {
    for (const ticker of tickers) {
      const other = firstWith.get(ticker);
      if (other === undefined) firstWith.set(ticker, index);
      else parent[root(index)] = root(other);
    }
  }
  const origins = new Map<number, number>();
  for (const [index, { firstMs = Infinity }] of tapes.entries()) {
    origins.set(root(index), Math.min(firstMs, origins.get(root(index)) ?? Infinity));
  }
  return tapes.map((_, index) => finiteOr(0, origins.get(root(index))));
}

/**
 * The time of each line of one tape, in order: a line without a time takes that of the line before, and a time that
 * goes back is lifted, because the order on the tape is the order in which frames were received.
 */
export class TapeClock {
  #lastMs: number;

  /** @param firstMs the tape's first known time, for lines before it */
  constructor(firstMs: number | undefined) {
    this.#lastMs = firstMs ?? -Infinity;
  }

  at(lineMs: number | undefined): number {
    if (lineMs !== undefined && lineMs > this.#lastMs) this.#lastMs = lineMs;
    return this.#lastMs;
  }
}

const finiteOr = (otherwise: number, value = NaN): number => (Number.isFinite(value) ? value : otherwise);
