import type { SessionStoreError } from '../../errors.ts';

/** A place for one connection, which is made when it is needed first and again after it was lost. */
export type Slot<C> = { connection: C | null };

type Waiter<C> = { readonly take: (slot: Slot<C>) => void; readonly refuse: (error: SessionStoreError) => void };

/**
 * The connections of one kind of work. Each belongs to one transaction at a time, so that what ends a connection ends nobody else's
 * work. Whoever finds all of them taken waits in line, and its time begins when its turn does: everybody's is limited.
 */
export class Lane<C> {
  readonly #slots: readonly Slot<C>[];
  readonly #free: Slot<C>[];
  readonly #waiting: Waiter<C>[] = [];
  #closed: SessionStoreError | null = null;

  constructor(size: number) {
    this.#slots = Array.from({ length: size }, () => ({ connection: null }));
    this.#free = [...this.#slots];
  }

  /** @throws {SessionStoreError} the one that `close` was given */
  async use<T>(work: (slot: Slot<C>) => Promise<T>): Promise<T> {
    const slot = await this.#take();
    try {
      return await work(slot);
    } finally {
      const next = this.#waiting.shift();
      if (next) next.take(slot);
      else this.#free.push(slot);
    }
  }

  /** Refuses whoever waits, and whoever comes. @returns the connections that are there */
  close(error: SessionStoreError): readonly C[] {
    this.#closed = error;
    for (const { refuse } of this.#waiting.splice(0)) refuse(error);
    return this.#slots.flatMap(({ connection }) => (connection === null ? [] : [connection]));
  }

  async #take(): Promise<Slot<C>> {
    if (this.#closed) throw this.#closed;
    // One that has a connection already, if there is one.
    const open = this.#free.findLastIndex(({ connection }) => connection !== null);
    const [slot] = this.#free.splice(open, 1);
    if (slot) return slot;
    const { promise, resolve, reject } = Promise.withResolvers<Slot<C>>();
    this.#waiting.push({ take: resolve, refuse: reject });
    return promise;
  }
}
