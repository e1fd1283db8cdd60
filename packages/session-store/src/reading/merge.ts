/** One of several sequences that become one. */
export interface MergeInput<T> {
  /** No key of it is below this; until the merge gets there it is not opened. @default -Infinity */
  readonly notBefore?: number;
  /** Its items in its own order, in pages of any size. */
  pages(): AsyncIterable<readonly T[]>;
}

export interface MergeOrder<T> {
  readonly key: (item: T) => number;
  /** Settles equal keys; where this is equal too, the input that comes first in the list goes first. @default equal */
  readonly tie?: (item: T) => number;
}

const pageItems = 2000;

/**
 * Interleaves sequences by key and never reorders any of them: where an item would go before its predecessor, its key, or the
 * tie of an equal key, counts as that one's. So the result depends on the items alone, not on pages or on timing. Holds one page of each open input.
 */
export async function* merge<T>(
  inputs: readonly MergeInput<T>[],
  order: MergeOrder<T>,
): AsyncGenerator<readonly T[], void, undefined> {
  const waiting = inputs
    .map((input, index) => new Cursor(input, index, order))
    .toSorted((one, other) => one.notBefore - other.notBefore || one.index - other.index);
  const open: Cursor<T>[] = [];
  let page: T[] = [];
  try {
    for (;;) {
      let first = least(open, null);
      while (waiting.length > 0 && (!first || waiting[0]!.notBefore <= first.key)) {
        const opened = waiting.shift()!;
        if (await opened.load()) {
          open.push(opened);
          if (!first || opened.goesBefore(first)) first = opened;
        }
      }
      if (!first) break;
      const rival = least(open, first);
      const until = waiting[0]?.notBefore ?? Infinity;
      if (!rival && until === Infinity) {
        if (page.length > 0) yield page;
        page = [];
        yield first.rest();
      } else {
        first.takeWhile(rival, until, page);
        if (page.length >= pageItems) {
          yield page;
          page = [];
        }
      }
      if (first.isEmpty && !(await first.load())) open.splice(open.indexOf(first), 1);
    }
    if (page.length > 0) yield page;
  } finally {
    for (const cursor of open) await cursor.close();
  }
}

/** The one that goes first, but for `except`. */
function least<T>(cursors: readonly Cursor<T>[], except: Cursor<T> | null): Cursor<T> | null {
  let first: Cursor<T> | null = null;
  for (const cursor of cursors) if (cursor !== except && (!first || cursor.goesBefore(first))) first = cursor;
  return first;
}

class Cursor<T> {
  readonly notBefore: number;
  readonly index: number;
  /** Of the item at hand, or of the one before if that was higher. */
  key = -Infinity;
  #tie = -Infinity;
  readonly #order: MergeOrder<T>;
  readonly #input: MergeInput<T>;
  #iterator: AsyncIterator<readonly T[]> | null = null;
  #page: readonly T[] = [];
  #at = 0;

  constructor(input: MergeInput<T>, index: number, order: MergeOrder<T>) {
    this.notBefore = input.notBefore ?? -Infinity;
    this.index = index;
    this.#input = input;
    this.#order = order;
  }

  get isEmpty(): boolean {
    return this.#at >= this.#page.length;
  }

  /** Gets the next page that holds anything. @returns false when there is none */
  async load(): Promise<boolean> {
    this.#iterator ??= this.#input.pages()[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await this.#iterator.next();
      if (done === true) return false;
      if (value.length === 0) continue;
      this.#page = value;
      this.#at = 0;
      this.#look();
      return true;
    }
  }

  take(): T {
    const item = this.#page[this.#at++]!;
    if (!this.isEmpty) this.#look();
    return item;
  }

  /** What is at hand and goes before `rival`, and but for the first has a key below `until`. */
  takeWhile(rival: Cursor<T> | null, until: number, into: T[]): void {
    for (;;) {
      into.push(this.take());
      if (this.isEmpty || this.key >= until || (rival && !this.goesBefore(rival))) return;
    }
  }

  /** All that is at hand. */
  rest(): readonly T[] {
    const rest = this.#at === 0 ? this.#page : this.#page.slice(this.#at);
    this.#at = this.#page.length;
    return rest;
  }

  goesBefore(other: Cursor<T>): boolean {
    if (this.key !== other.key) return this.key < other.key;
    if (this.#tie !== other.#tie) return this.#tie < other.#tie;
    return this.index < other.index;
  }

  async close(): Promise<void> {
    await this.#iterator?.return?.();
  }

  #look(): void {
    const item = this.#page[this.#at]!;
    const key = this.#order.key(item);
    const tie = this.#order.tie?.(item) ?? 0;
    this.#tie = key > this.key ? tie : Math.max(this.#tie, tie);
    if (key > this.key) this.key = key;
  }
}
