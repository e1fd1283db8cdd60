// Questions to the database that come over HTTP: it is there for what is recorded, so few are under way at once.
import { SessionStoreError } from '@trader/session-store';
import type { TraderView } from '../status.ts';
import { Refused } from './endpoint.ts';

/** That may be under way at once. */
const MAX_QUESTIONS = 4;

type Store = NonNullable<TraderView['sessionStore']>;

export class Questions {
  readonly #store: () => Store | null;
  #underWay = 0;
  #isLongUnderWay = false;

  constructor(store: () => Store | null) {
    this.#store = store;
  }

  /** Work that goes on by itself, and sees to it that it is alone. @throws {SessionStoreError} */
  async run<Result>(work: (store: Store) => Promise<Result>): Promise<Result> {
    const store = this.#store();
    if (!store) throw new SessionStoreError('STORE_CLOSED', 'The store is not open.');
    return work(store);
  }

  /**
   * A question that reads much: one at a time.
   *
   * @throws {Refused} STORE_UNAVAILABLE, TOO_MANY_REQUESTS
   */
  async askLong<Answer>(what: string, question: (store: Store) => Promise<Answer>): Promise<Answer> {
    if (this.#isLongUnderWay) {
      const message = 'A question that reads much is under way, and there is one at a time. Try again.';
      throw new Refused({ code: 'TOO_MANY_REQUESTS', message });
    }
    this.#isLongUnderWay = true;
    try {
      return await this.ask(what, question);
    } finally {
      this.#isLongUnderWay = false;
    }
  }

  /** @param what is asked for, as in "the sessions". @throws {Refused} STORE_UNAVAILABLE, TOO_MANY_REQUESTS */
  async ask<Answer>(what: string, question: (store: Store) => Promise<Answer>): Promise<Answer> {
    const store = this.#store();
    if (!store) throw new Refused({ code: 'STORE_UNAVAILABLE', message: 'The store is not open.' });
    if (this.#underWay >= MAX_QUESTIONS) {
      const message = `${MAX_QUESTIONS} questions to the database are under way, and no more are asked. Try again.`;
      throw new Refused({ code: 'TOO_MANY_REQUESTS', message });
    }
    this.#underWay++;
    try {
      return await question(store);
    } catch (error) {
      if (!SessionStoreError.isInstance(error)) throw error;
      const message = `Could not read ${what}: ${error.code}.`;
      throw new Refused({ code: 'STORE_UNAVAILABLE', message });
    } finally {
      this.#underWay--;
    }
  }
}
