// What a caller reads from: it alone is held by the caller, so that its end shows when nobody can read any more.

/** What is read by one reader. */
export interface ReadSource<T> {
  /** @param reader is kept alive until the answer is there */
  next(reader: object): Promise<IteratorResult<T, undefined>>;
  return(): Promise<IteratorResult<T, undefined>>;
}

/** Ends what is read when its reader has been collected: a loop that was forgotten half way calls no `return`. */
const abandoned = new FinalizationRegistry<ReadSource<unknown>>((source) => void source.return());

/** @param source must not refer to its reader, except in {@link ReadSource.next} */
export class ReaderHandle<T> implements AsyncIterableIterator<T, undefined> {
  readonly #source: ReadSource<T>;

  constructor(source: ReadSource<T>) {
    this.#source = source;
    abandoned.register(this, source);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return this.#source.next(this);
  }

  return(): Promise<IteratorResult<T, undefined>> {
    return this.#source.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
