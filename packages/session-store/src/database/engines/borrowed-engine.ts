import type { BorrowedSql, BorrowedTransaction } from '../../borrowed-sql.ts';
import { SessionStoreError } from '../../errors.ts';
import { parseBigint } from '../rows.ts';
import { withDeadline } from './deadline.ts';
import { render, type Engine, type Row, type Run, type TransactionOptions } from './engine.ts';
import { failureOf } from '../failure.ts';
import { guardTransaction, RolledBack, transactionMode } from './guard-transaction.ts';
import type { FailureMoment } from '../retry-policy.ts';
import type { Runtime } from '../../runtime.ts';

/** What postgres.js hangs on a result. */
type Result = readonly Row[] & { readonly columns?: readonly { readonly name: string; readonly type: number }[] };

/** One each for a write, the leases, the background and a reader: with fewer a slow one would hold up the leases. */
const fewestConnections = 4;

/** What a transaction in flight is given at the end. */
const endMs = 1000;

/**
 * A PostgreSQL server by way of somebody else's postgres.js instance, which is left open and as it was. What can hang in
 * that driver (porsager/postgres#1193) is the lender's: no connection is dropped here, only no longer waited for.
 */
export class BorrowedEngine implements Engine {
  readonly name = 'postgres';
  readonly schema: string | null;
  readonly #sql: BorrowedSql;
  readonly #queryTimeoutMs: number;
  readonly #runtime: Runtime;
  readonly #inFlight = new Set<Promise<unknown>>();
  readonly #closed = new AbortController();

  private constructor(sql: BorrowedSql, queryTimeoutMs: number, runtime: Runtime, schema: string | null) {
    this.schema = schema;
    this.#sql = sql;
    this.#queryTimeoutMs = queryTimeoutMs;
    this.#runtime = runtime;
  }

  /**
   * @throws {TypeError | RangeError} when the instance renames columns or changes values, or has too few connections
   * @throws {SessionStoreError} why the database could not be asked
   */
  static async open(
    sql: BorrowedSql,
    queryTimeoutMs: number,
    runtime: Runtime,
    schema: string | null = null,
  ): Promise<BorrowedEngine> {
    if (sql.options.max < fewestConnections) {
      throw new RangeError(`sql must allow at least ${fewestConnections} connections (max), not ${sql.options.max}.`);
    }
    const engine = new BorrowedEngine(sql, queryTimeoutMs, runtime, schema);
    const statement = { text: `select 'As Is' as as_is, null as nothing`, parameters: [] };
    const [row] = await engine.transact(async (run) => run(statement), {
      doing: 'Opening the database',
      readOnly: true,
    });
    if (row?.['as_is'] !== 'As Is' || row['nothing'] !== null) {
      throw new TypeError('sql must not rename columns or change values: lend an instance without `transform`.');
    }
    return engine;
  }

  async transact<T>(
    work: (run: Run) => Promise<T>,
    { doing, readOnly = false, timeoutMs = this.#queryTimeoutMs }: TransactionOptions,
  ): Promise<T> {
    let moment: FailureMoment = 'beginning';
    try {
      this.#closed.signal.throwIfAborted();
      const begun = this.#sql.begin(transactionMode(readOnly), async (transaction) => {
        moment = readOnly ? 'reading' : 'writing';
        const guard = async (text: string, parameters: readonly string[]) => transaction.unsafe(text, [...parameters]);
        await guardTransaction(guard, timeoutMs, this.schema);
        const value = await work(runOn(transaction));
        if (readOnly) throw new RolledBack(value);
        return value;
      });
      const done = RolledBack.valueOf(begun) as Promise<T>;
      const settled: Promise<unknown> = done.then(
        () => this.#inFlight.delete(settled),
        () => this.#inFlight.delete(settled),
      );
      this.#inFlight.add(settled);
      const late = () => timedOut(doing, timeoutMs);
      return await withDeadline(this.#runtime, timeoutMs, done, late, this.#closed.signal);
    } catch (cause) {
      const { error } = failureOf(doing, cause, moment);
      throw error.sqlState === unprepared ? forgotten(error) : error;
    }
  }

  async close(): Promise<void> {
    const closed = new SessionStoreError('STORE_CLOSED', 'The store is closed; create a new one.');
    await withDeadline(this.#runtime, endMs, Promise.all(this.#inFlight), () => closed).catch(() => undefined);
    this.#closed.abort(closed);
  }
}

const runOn =
  (transaction: BorrowedTransaction): Run =>
  async (query) => {
    const { text, parameters } = render(query);
    // `simple: false` keeps to one statement even without parameters: a second could leave the transaction.
    const options = { prepare: true, simple: false };
    const rows = (await transaction.unsafe(text, [...parameters], options)) as Result;
    return rows.map((row) => asOurs(row, rows.columns ?? []));
  };

const int8 = 20;
const timestamptz = 1184;

/** Whatever the lender's instance makes of 64-bit integers and times, they come out as `rows.ts` says. */
function asOurs(row: Row, columns: NonNullable<Result['columns']>): Row {
  const ours: Record<string, unknown> = { ...row };
  for (const { name, type } of columns) {
    const value = row[name];
    if (type === int8 && (typeof value === 'string' || typeof value === 'bigint'))
      ours[name] = parseBigint(String(value));
    if (type === timestamptz && typeof value === 'string') ours[name] = new Date(value);
  }
  return ours;
}

/** SQLSTATE: a connection does not know what was prepared. */
const unprepared = '26000';

const forgotten = ({ message, cause, sqlState }: SessionStoreError) => {
  const text = `${message} Where a pooler gives each transaction another connection, lend an instance with \`prepare: false\`.`;
  return new SessionStoreError('QUERY_FAILED', text, { cause, sqlState, retryable: true });
};

const timedOut = (doing: string, timeoutMs: number) =>
  new SessionStoreError('QUERY_TIMEOUT', `${doing} failed: no answer from the database within ${timeoutMs} ms.`, {
    retryable: true,
  });
