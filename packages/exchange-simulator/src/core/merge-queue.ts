/** A source of the merge: its head is due at `dueMs`; `order` decides between equals. */
export interface MergeSource {
  readonly dueMs: number;
  readonly order: number;
}

/**
 * Sources by the time of their head, as a binary heap: the k-way merge of tapes. Ties go to the lower `order`, so the
 * merge is the same every time; a source's own order is never changed.
 */
export class MergeQueue<T extends MergeSource> {
  readonly #heap: T[] = [];

  /** The source whose head is due first. */
  get first(): T | undefined {
    return this.#heap[0];
  }

  push(source: T): void {
    this.#heap.push(source);
    let index = this.#heap.length - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!this.#before(index, above)) return;
      this.#swap(index, above);
      index = above;
    }
  }

  /** To be called when the head of `first` has changed. */
  sink(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      if (left >= this.#heap.length) return;
      const next = right < this.#heap.length && this.#before(right, left) ? right : left;
      if (!this.#before(next, index)) return;
      this.#swap(index, next);
      index = next;
    }
  }

  /** Takes out `first`, whose tape is at its end. */
  removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.sink();
  }

  #before(a: number, b: number): boolean {
    const left = this.#heap[a] as T;
    const right = this.#heap[b] as T;
    return left.dueMs < right.dueMs || (left.dueMs === right.dueMs && left.order < right.order);
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b] as T, this.#heap[a] as T];
  }
}
