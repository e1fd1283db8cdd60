import { sql } from 'drizzle-orm';
import { integers, texts } from '../database/array-parameters.ts';
import { numberOf, textOf } from '../database/rows.ts';
import type { Read } from './read.ts';

/** Names that are remembered; beyond that all are forgotten and asked for again. */
const maxRemembered = 100_000;

/** What the database's numbers of markets stand for, remembered: neither a number nor a name ever changes. */
export class MarketNames {
  readonly #read: Read;
  readonly #names = new Map<number, string>();

  constructor(read: Read) {
    this.#read = read;
  }

  /** Gets ready to give the names of these. A number without a name, which is damage, gets one that says so. */
  async load(ids: Iterable<number>): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => !this.#names.has(id));
    if (unknown.length === 0) return;
    if (this.#names.size > maxRemembered) this.#names.clear();
    const rows = await this.#read(
      sql`select id, ticker from markets where id = any(${integers(unknown)})`,
      'Reading the names of markets',
    );
    for (const row of rows) this.#names.set(numberOf(row, 'id'), textOf(row, 'ticker'));
  }

  /** After {@link load}. */
  of(id: number): string {
    return this.#names.get(id) ?? `market number ${id}`;
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
