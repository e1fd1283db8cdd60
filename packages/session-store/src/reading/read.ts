import { SessionStoreError } from '../errors.ts';
import type { Query, Row } from '../database/engines/engine.ts';

/**
 * One statement in a read-only transaction of its own: what it gives is of one moment. Reading page by page therefore
 * never holds a transaction open, and each page has to stand on its own.
 *
 * @throws {SessionStoreError}
 */
export type Read = (query: Query, doing: string) => Promise<readonly Row[]>;

/** SQLSTATE, class: transaction_rollback. */
const rolledBack = '40';

/**
 * A statement that reads several tables can be the victim of a deadlock with the making or dropping of their partitions, and on a
 * standby of what the primary has changed. By the time it hears of that the way is free, so it is asked again.
 */
export const againAfterDeadlock =
  (read: Read): Read =>
  async (query, doing) => {
    for (let tries = 1; ; tries++) {
      try {
        return await read(query, doing);
      } catch (error) {
        const isVictim = SessionStoreError.isInstance(error) && error.sqlState?.startsWith(rolledBack);
        if (!isVictim || tries === 5) throw error;
      }
    }
  };

/** Asks for the next page while the last one is being used: the database and this process work side by side. */
export async function* ahead<T>(pages: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const iterator = pages[Symbol.asyncIterator]();
  const ask = () => {
    const asked = iterator.next();
    // Whoever stops early never looks at it.
    asked.catch(() => undefined);
    return asked;
  };
  try {
    for (let asked = ask(); ;) {
      const { done, value } = await asked;
      if (done === true) return;
      asked = ask();
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
