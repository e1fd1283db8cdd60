// What was counted lately, by steps of time: a fixed number of slots, each with a number for each column. A slot that comes
// round again is begun anew, so that nothing has to be cleared, however long nobody added anything.

/** What becomes of two numbers of a column that fall into one slot. */
export type Fold = 'sum' | 'max';

export type Row<Column extends string> = { readonly atMs: number } & Readonly<Record<Column, number>>;

export class ColumnRing<Column extends string> {
  readonly stepMs: number;
  readonly slots: number;
  readonly #folds: readonly (readonly [Column, Fold])[];
  readonly #columns: Readonly<Record<Column, Float64Array>>;
  /** Which step each slot holds, counted from the clock's origin. */
  readonly #steps: Float64Array;
  #first = Infinity;
  #last = -Infinity;

  constructor(stepMs: number, slots: number, folds: Readonly<Record<Column, Fold>>) {
    this.stepMs = stepMs;
    this.slots = slots;
    this.#folds = Object.entries(folds) as [Column, Fold][];
    this.#columns = Object.fromEntries(
      this.#folds.map(([column]) => [column, new Float64Array(slots)]),
    ) as unknown as Record<Column, Float64Array>;
    this.#steps = new Float64Array(slots).fill(Number.NaN);
  }

  /** How far back it reaches. */
  get reachMs(): number {
    return this.stepMs * this.slots;
  }

  /** Where the oldest begins that it still has; `null` before the first. */
  get sinceMs(): number | null {
    if (this.#first === Infinity) return null;
    return Math.max(this.#first, this.#last - this.slots + 1) * this.stepMs;
  }

  /** @param atMs on a clock that never goes back */
  add(atMs: number, sample: Readonly<Record<Column, number>>): void {
    const step = Math.floor(atMs / this.stepMs);
    const slot = step % this.slots;
    const isBegun = this.#steps[slot] === step;
    for (const [column, fold] of this.#folds) {
      const numbers = this.#columns[column];
      const number = sample[column];
      if (!isBegun) numbers[slot] = number;
      else numbers[slot] = fold === 'sum' ? numbers[slot]! + number : Math.max(numbers[slot]!, number);
    }
    this.#steps[slot] = step;
    this.#first = Math.min(this.#first, step);
    this.#last = Math.max(this.#last, step);
  }

  /** One for each step between the two that it reaches to, oldest first; `null` for one into which nothing fell. */
  rows(fromMs: number, toMs: number): { readonly atMs: number; readonly row: Row<Column> | null }[] {
    const { sinceMs } = this;
    if (sinceMs === null) return [];
    const begin = Math.max(Math.floor(fromMs / this.stepMs), sinceMs / this.stepMs);
    const end = Math.min(Math.floor(toMs / this.stepMs), this.#last);
    return Array.from({ length: Math.max(end - begin + 1, 0) }, (_, place) => this.#row(begin + place));
  }

  #row(step: number): { readonly atMs: number; readonly row: Row<Column> | null } {
    const atMs = step * this.stepMs;
    const slot = step % this.slots;
    if (this.#steps[slot] !== step) return { atMs, row: null };
    const numbers = this.#folds.map(([column]) => [column, this.#columns[column][slot]!]);
    return { atMs, row: { atMs, ...(Object.fromEntries(numbers) as Record<Column, number>) } };
  }
}
