// A book through time, folded into columns for a picture. A column has the largest size that each level had at the ends of
// its parts, which are half a second long: so a picture is the same whether it was folded here or from finer columns.

/** Length of a part. Steps are multiples of it. */
export const PART_MS = 500;

/** Price, size, price, size … */
type Flat = number[];

/** What has changed since the column before, size 0 for what is gone; `whole`: all levels. */
export type BookColumn = { readonly whole: boolean; readonly yes: Flat; readonly no: Flat };

type Levels = readonly (readonly [price: number, size: number])[];
export type Side = 'yes' | 'no';

const SIDES = ['yes', 'no'] as const;

class SideColumns {
  readonly #sizes = new Map<number, number>();
  /** Largest at the ends of parts, of levels that changed in this column. */
  readonly #peaks = new Map<number, number>();
  readonly #changedInPart = new Set<number>();
  readonly #shown = new Map<number, number>();
  /** Levels that changed in the column before: where a peak has passed, that is a change too. */
  #before: readonly number[] = [];

  sizeAt(price: number): number {
    return this.#sizes.get(price) ?? 0;
  }

  /** @param isFirstPart nothing of the column has ended yet: what the level was before is not in it */
  set(price: number, size: number, isFirstPart: boolean): void {
    if (!this.#peaks.has(price)) this.#peaks.set(price, isFirstPart ? 0 : this.sizeAt(price));
    if (size === 0) this.#sizes.delete(price);
    else this.#sizes.set(price, size);
    this.#changedInPart.add(price);
  }

  prices(): Iterable<number> {
    return [...this.#sizes.keys()];
  }

  endPart(): void {
    for (const price of this.#changedInPart) {
      this.#peaks.set(price, Math.max(this.#peaks.get(price)!, this.sizeAt(price)));
    }
    this.#changedInPart.clear();
  }

  endColumn(isWhole: boolean): Flat {
    if (isWhole) this.#shown.clear();
    const flat: Flat = [];
    const touched = new Set([...(isWhole ? this.#sizes.keys() : this.#before), ...this.#peaks.keys()]);
    for (const price of [...touched].toSorted((one, other) => one - other)) {
      const size = this.#peaks.get(price) ?? this.sizeAt(price);
      if (size === (this.#shown.get(price) ?? 0)) continue;
      if (size === 0) this.#shown.delete(price);
      else this.#shown.set(price, size);
      flat.push(price, size);
    }
    this.#before = [...this.#peaks.keys()];
    this.#peaks.clear();
    return flat;
  }

  clear(): void {
    this.#sizes.clear();
    this.#peaks.clear();
    this.#changedInPart.clear();
  }
}

export class BookColumns {
  /** `null`: at its end the book was not known. */
  readonly columns: (BookColumn | null)[] = [];
  readonly #stepMs: number;
  readonly #sides = { yes: new SideColumns(), no: new SideColumns() };
  #partFromMs: number;
  #columnFromMs: number;
  #isKnown = false;
  /** It was not known at some time of this column. */
  #wasLost = true;
  /** Numbers in all columns so far: what an answer takes. */
  numbers = 0;

  constructor(fromMs: number, stepMs: number) {
    this.#stepMs = stepMs;
    this.#partFromMs = fromMs;
    this.#columnFromMs = fromMs;
  }

  /** Where the column begins that is not at its end yet. */
  get columnFromMs(): number {
    return this.#columnFromMs;
  }

  /** Ends the columns that end by then. What comes at that very time is in the next. */
  passTo(atMs: number): void {
    while (this.#partFromMs + PART_MS <= atMs) {
      this.#partFromMs += PART_MS;
      if (this.#isKnown) for (const side of SIDES) this.#sides[side].endPart();
      if (this.#partFromMs >= this.#columnFromMs + this.#stepMs) this.#endColumn();
    }
  }

  /** The whole book. */
  begin(yes: Levels, no: Levels): void {
    for (const [side, levels] of [
      ['yes', yes],
      ['no', no],
    ] as const) {
      const sizes = new Map(levels);
      for (const price of this.#sides[side].prices()) if (!sizes.has(price)) this.#set(side, price, 0);
      for (const [price, size] of sizes) if (size !== this.#sides[side].sizeAt(price)) this.#set(side, price, size);
    }
    this.#isKnown = true;
  }

  /** Ignored while the book is not known. */
  change(side: Side, price: number, delta: number): void {
    if (this.#isKnown) this.#set(side, price, Math.max(this.#sides[side].sizeAt(price) + delta, 0));
  }

  /** From now on the book is not known. */
  lose(): void {
    this.#isKnown = false;
    this.#wasLost = true;
    for (const side of SIDES) this.#sides[side].clear();
  }

  #set(side: Side, price: number, size: number): void {
    this.#sides[side].set(price, size, this.#partFromMs === this.#columnFromMs);
  }

  #endColumn(): void {
    this.#columnFromMs = this.#partFromMs;
    if (!this.#isKnown) return void this.columns.push(null);
    const whole = this.#wasLost;
    this.#wasLost = false;
    const column = { whole, yes: this.#sides.yes.endColumn(whole), no: this.#sides.no.endColumn(whole) };
    this.numbers += column.yes.length + column.no.length;
    this.columns.push(column);
  }
}
