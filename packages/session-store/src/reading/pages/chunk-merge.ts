/** A chunk as far as its place in the order goes. */
export type Ordered = {
  readonly length: number;
  /** Rising. */
  readonly seqs: readonly number[];
};

type Open<T> = { readonly chunk: T; at: number };

/** Gives the elements of chunks that overlap by rising number: a heap of the chunks by their next number. */
export class ChunkMerge<T extends Ordered> {
  /** Of each chunk the next number, which is what the heap is by, and beside it the chunk. */
  readonly #keys: number[] = [];
  readonly #open: Open<T>[] = [];

  /** @param after numbers up to this are passed over */
  add(chunk: T, after = -Infinity): void {
    let at = 0;
    while (at < chunk.length && chunk.seqs[at]! <= after) at++;
    if (at === chunk.length) return;
    const key = chunk.seqs[at]!;
    let child = this.#keys.length;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (this.#keys[parent]! <= key) break;
      this.#put(child, this.#keys[parent]!, this.#open[parent]!);
      child = parent;
    }
    this.#put(child, key, { chunk, at });
  }

  /**
   * Gives all with numbers below `until`, one run of a chunk's neighbours after the other.
   *
   * @param emit takes elements `from` to, without it, `to` of a chunk
   */
  drain(until: number, emit: (chunk: T, from: number, to: number) => void): void {
    const keys = this.#keys;
    while (keys.length > 0 && keys[0]! < until) {
      const first = this.#open[0]!;
      const { chunk, at } = first;
      const { seqs, length } = chunk;
      const rival = Math.min(keys[1] ?? Infinity, keys[2] ?? Infinity);
      let to = at + 1;
      while (to < length && seqs[to]! < until && seqs[to]! <= rival) to++;
      emit(chunk, at, to);
      first.at = to;
      if (to < length) {
        this.#sink(seqs[to]!, first);
      } else {
        const key = keys.pop()!;
        const last = this.#open.pop()!;
        if (keys.length > 0) this.#sink(key, last);
      }
    }
  }

  /** Puts something in the place of the first, and then in its own. */
  #sink(key: number, open: Open<T>): void {
    const keys = this.#keys;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= keys.length) break;
      if (child + 1 < keys.length && keys[child + 1]! < keys[child]!) child++;
      if (keys[child]! >= key) break;
      this.#put(parent, keys[child]!, this.#open[child]!);
      parent = child;
    }
    this.#put(parent, key, open);
  }

  #put(index: number, key: number, open: Open<T>): void {
    this.#keys[index] = key;
    this.#open[index] = open;
  }
}
