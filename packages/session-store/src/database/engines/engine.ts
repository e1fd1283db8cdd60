import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';

/** A row as both engines give it: see `rows.ts` for how values come out. */
export type Row = Readonly<Record<string, unknown>>;

export type Statement = { readonly text: string; readonly parameters: readonly unknown[] };

/** What drizzle-orm's `sql` gives, by its shape: so the types of this package's users do not reach into drizzle-orm. */
type Sql = { readonly queryChunks: readonly unknown[] };

export type Query = Sql | Statement;

/** Runs one statement within a transaction. */
export type Run = (query: Query) => Promise<readonly Row[]>;

export type TransactionOptions = {
  /** Begins the message when it fails: "Listing sessions". */
  readonly doing: string;
  readonly readOnly?: boolean;
  /**
   * Which connection it has to itself, where there are connections: `leases`, so that nothing can hold up their renewal, and
   * `background`, for what nobody waits for. Otherwise reading and writing have theirs.
   */
  readonly lane?: 'leases' | 'background';
  /** It frees more room than it takes: an embedded database does it on a disk where it writes nothing else. */
  readonly makesRoom?: boolean;
  /** Instead of the store's `queryTimeoutMs`. */
  readonly timeoutMs?: number;
};

/** A database that speaks PostgreSQL. Everything goes through transactions, each of which has a deadline. */
export interface Engine {
  readonly name: 'postgres' | 'pglite';
  /** Where the tables are; none where the role's own search path says so. */
  readonly schema?: string | null;
  /**
   * Commits what `work` does, or nothing of it. After a rejection it may be committed all the same (the answer to the
   * commit was lost), so whatever is retried must be harmless when done twice.
   *
   * @throws {SessionStoreError} never a driver's own error
   */
  transact<T>(work: (run: Run) => Promise<T>, options: TransactionOptions): Promise<T>;
  /**
   * Makes the room that deleted rows of these tables took free for others; only where no server does that by itself.
   *
   * @throws {SessionStoreError}
   */
  vacuum?(tables: readonly string[]): Promise<void>;
  /**
   * Resolves once what is committed by now survives a power cut; only where a commit does not promise that by itself. After
   * `close` it says whether the close did it.
   *
   * @throws {SessionStoreError}
   */
  makeSafe?(): Promise<void>;
  close(): Promise<void>;
}

const dialect = new PgDialect();

/** Statement text and parameters, the same for both engines. */
export function render(query: Query): Statement {
  if ('text' in query) return query;
  const { sql, params } = dialect.sqlToQuery(query as SQL);
  return { text: sql, parameters: params };
}
