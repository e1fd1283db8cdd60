import postgres from 'postgres';
import { parsePostgresUrl, type PostgresUrl } from '../location/postgres-url.ts';
import { SessionStoreError } from '../../errors.ts';
import { parseBigint } from '../rows.ts';
import { arrayTypes } from './array-types.ts';
import { withDeadline } from './deadline.ts';
import { driverOptions } from './driver-options.ts';
import { render, type Engine, type Run, type TransactionOptions } from './engine.ts';
import { failureOf } from '../failure.ts';
import { guardTransaction } from './guard-transaction.ts';
import type { Runtime } from '../../runtime.ts';

type Sql = postgres.Sql<{ bigint: number | string }>;

type Lane = 'writing' | 'reading' | NonNullable<TransactionOptions['lane']>;

type Pool = { readonly max: number; sql: Sql | null };

/** Long enough to reach a distant server, short enough that a retry comes soon. */
const maxConnectSeconds = 10;

/** What a transaction in flight is given at the end; then its socket is cut. */
const endSeconds = 1;

const bigint = { to: 20, from: [20], parse: parseBigint, serialize: String };

/**
 * A PostgreSQL server. Each lane has connections of its own, so that a slow reader cannot hold up a write, nor a slow
 * write the lease, and one that hangs can be dropped without the others.
 */
export class PostgresEngine implements Engine {
  readonly name = 'postgres';
  readonly #server: PostgresUrl;
  readonly #queryTimeoutMs: number;
  readonly #runtime: Runtime;
  readonly #pools: Readonly<Record<Lane, Pool>> = {
    writing: { max: 1, sql: null },
    reading: { max: 2, sql: null },
    leases: { max: 1, sql: null },
    // Orphans are closed beside whatever else is done there.
    background: { max: 2, sql: null },
  };
  readonly #closed = new AbortController();

  /** @throws {SessionStoreError} DATABASE_REFUSED for a URL that cannot be read */
  constructor(url: string, queryTimeoutMs: number, runtime: Runtime) {
    const server = parsePostgresUrl(url);
    if ('problem' in server) {
      const text = `The url ${server.problem}. It is not shown here, as it may hold a password.`;
      throw new SessionStoreError('DATABASE_REFUSED', text);
    }
    this.#server = server;
    this.#queryTimeoutMs = queryTimeoutMs;
    this.#runtime = runtime;
  }

  async transact<T>(
    work: (run: Run) => Promise<T>,
    { doing, readOnly = false, lane, timeoutMs = this.#queryTimeoutMs }: TransactionOptions,
  ): Promise<T> {
    const pool = this.#pools[lane ?? (readOnly ? 'reading' : 'writing')];
    try {
      this.#closed.signal.throwIfAborted();
      const sql = (pool.sql ??= this.#connect(pool.max));
      const done = sql.begin(readOnly ? 'read only' : 'read write', async (transaction) => {
        const guarded = guardTransaction(
          async (text, parameters) => transaction.unsafe(text, [...parameters], prepared),
          timeoutMs,
        );
        // Sent along with what is behind it: the server runs them in order, and nothing after one that failed.
        const [value] = await Promise.all([work(runOn(transaction)), guarded]);
        return { value };
      });
      // After the deadline nobody waits for it any more, and its rejection is of no interest.
      done.catch(() => undefined);
      const late = () => timedOut(doing, timeoutMs);
      return ((await withDeadline(this.#runtime, timeoutMs, done, late, this.#closed.signal)) as { value: T }).value;
    } catch (cause) {
      const { error, action } = failureOf(doing, cause);
      if (action === 'reconnect') abandon(pool);
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#pools).map(async ({ sql }) => sql?.end({ timeout: endSeconds })));
    // Whoever waits is told, whatever the driver does with what it had in hand.
    this.#closed.abort(new SessionStoreError('STORE_CLOSED', 'The store is closed; create a new one.'));
  }

  #connect(max: number): Sql {
    const [url, place] = driverOptions(this.#server);
    try {
      return postgres(url, {
        ...place,
        max,
        connect_timeout: Math.min(maxConnectSeconds, this.#queryTimeoutMs / 1000),
        // How long to wait after a failure is decided in one place, and it is not here.
        backoff: () => 0,
        max_lifetime: null,
        onnotice: () => undefined,
        fetch_types: false,
        types: { ...arrayTypes, bigint },
        connection: {
          // So that an operator who looks at the server's connections knows whose they are.
          application_name: 'session-store',
        },
      });
    } catch {
      // What it throws may quote what it was given.
      throw new SessionStoreError(
        'DATABASE_REFUSED',
        'The url of the database has parameters that the driver refuses.',
      );
    }
  }
}

/**
 * postgres.js can wait for ever on a connection that the server closed during its start (porsager/postgres#1193), so a
 * connection that let us down is not asked again: its pool is thrown away and the next transaction opens a new one.
 */
function abandon(pool: Pool): void {
  const { sql } = pool;
  pool.sql = null;
  sql?.end({ timeout: 0 }).catch(() => undefined);
}

/** `simple: false` keeps to one statement even without parameters: a second could leave the transaction. */
const prepared = { prepare: true, simple: false } as postgres.UnsafeQueryOptions;

const runOn =
  (transaction: postgres.TransactionSql<{ bigint: number | string }>): Run =>
  async (query) => {
    const { text, parameters } = render(query);
    return [...(await transaction.unsafe(text, [...parameters] as postgres.SerializableParameter[], prepared))];
  };

const timedOut = (doing: string, timeoutMs: number) =>
  new SessionStoreError(
    'QUERY_TIMEOUT',
    `${doing} failed: no answer from the database within ${timeoutMs} ms. The connection was dropped.`,
    { retryable: true },
  );
