import type { SessionStore, SessionStoreTuning } from '../src/index.ts';

/** A store that one test after the other uses, because opening one takes long. */
export class ReusedStore {
  readonly #open: (tuning: SessionStoreTuning) => Promise<SessionStore>;
  readonly #usual: SessionStoreTuning;
  #store: SessionStore | null = null;
  #isUsual = false;

  constructor(open: (tuning: SessionStoreTuning) => Promise<SessionStore>, usual: SessionStoreTuning = {}) {
    this.#open = open;
    this.#usual = usual;
  }

  /** The one that is there, unless a test has left one with options of its own. */
  async open(): Promise<SessionStore> {
    return this.#store && this.#isUsual ? this.#store : this.reopen();
  }

  /** A new one, also if the one before has been closed. */
  async reopen(over?: SessionStoreTuning): Promise<SessionStore> {
    await this.close();
    this.#store = await this.#open({ ...this.#usual, ...over });
    this.#isUsual = over === undefined;
    return this.#store;
  }

  async close(): Promise<void> {
    const store = this.#store;
    this.#store = null;
    await store?.close();
  }
}
