import { sql } from 'drizzle-orm';
import { integers, texts } from '../database/array-parameters.ts';
import { numberOf, textOf } from '../database/rows.ts';
import type { Read } from './read.ts';

/** Names that are remembered, and those of one call; beyond that all are forgotten and asked for again. */
const maxRemembered = 100_000;

/** What the database's numbers of markets stand for, remembered: neither a number nor a name ever changes. */
export class MarketNames {
  readonly #read: Read;
  #names = new Map<number, string>();

  constructor(read: Read) {
    this.#read = read;
  }

  /** The names of these, in their order. A number without a name, which is damage, gets one that says so. */
  async of(ids: readonly number[]): Promise<readonly string[]> {
    // Others may begin another map meanwhile: this call stays with its own.
    if (this.#names.size > maxRemembered) this.#names = new Map();
    const names = this.#names;
    const unknown = [...new Set(ids)].filter((id) => !names.has(id));
    if (unknown.length > 0) {
      const rows = await this.#read(
        sql`select id, ticker from markets where id = any(${integers(unknown)})`,
        'Reading the names of markets',
      );
      for (const row of rows) names.set(numberOf(row, 'id'), textOf(row, 'ticker'));
    }
    let [lastId, name] = [Number.NaN, ''];
    return ids.map((id) => {
      // Most often the market is that of the record before.
      if (id !== lastId) [lastId, name] = [id, names.get(id) ?? `market number ${id}`];
      return name;
    });
  }

  /** The numbers of those names that were ever recorded. */
  async numbersOf(names: readonly string[]): Promise<ReadonlySet<number>> {
    const rows = await this.#read(
      sql`select id, ticker from markets where ticker = any(${texts(names)})`,
      'Looking up markets',
    );
    return new Set(rows.map((row) => numberOf(row, 'id')));
  }
}
