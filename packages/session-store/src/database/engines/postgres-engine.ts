import postgres from 'postgres';
import { hostsText, parsePostgresUrl, type PostgresHost, type PostgresUrl } from '../location/postgres-url.ts';
import { SessionStoreError } from '../../errors.ts';
import { parseBigint } from '../rows.ts';
import { arrayTypes } from './array-types.ts';
import { chooseHost, misfit, type Candidate, type ServerState, type WantedServer } from './choose-host.ts';
import { withDeadline } from './deadline.ts';
import { driverOptions, hostsOf, wantedServer } from './driver-options.ts';
import { render, type Engine, type Run, type TransactionOptions } from './engine.ts';
import { failureOf } from '../failure.ts';
import { guardTransaction, RolledBack, transactionMode } from './guard-transaction.ts';
import { Lane, type Slot } from './lane.ts';
import type { FailureMoment } from '../retry-policy.ts';
import type { Runtime } from '../../runtime.ts';

type Sql = postgres.Sql<{ bigint: number | string }>;

type LaneName = 'writing' | 'reading' | NonNullable<TransactionOptions['lane']>;

export type PostgresEngineOptions = {
  /** Where the tables are. @default the URL's, or wherever the role's search path leads */
  readonly schema?: string | null;
  /** Nothing is ever written, so that a standby will do. @default false */
  readonly readsOnly?: boolean;
};

/** Long enough to reach a distant server, short enough that a retry comes soon. */
const maxConnectMs = 10_000;

/** Of a transaction's time, what the tries of several hosts may take together. */
const shareOfConnecting = 0.8;

/** What a transaction in flight is given at the end; then its socket is cut. */
const endSeconds = 1;

const bigint = { to: 20, from: [20], parse: parseBigint, serialize: String };

/**
 * A PostgreSQL server, or whichever of several fits. Each lane has connections of its own, so that a slow reader cannot hold up a
 * write, nor a slow write the lease, and one that hangs can be dropped without the others.
 */
export class PostgresEngine implements Engine {
  readonly name = 'postgres';
  readonly schema: string | null;
  readonly #server: PostgresUrl;
  readonly #hosts: readonly PostgresHost[];
  readonly #wanted: WantedServer;
  readonly #queryTimeoutMs: number;
  readonly #runtime: Runtime;
  readonly #lanes: Readonly<Record<LaneName, Lane<Sql>>> = {
    writing: new Lane(1),
    reading: new Lane(2),
    leases: new Lane(1),
    // Orphans are closed beside whatever else is done there.
    background: new Lane(2),
  };
  /** False where a pooler gives each transaction another connection, which does not know what was prepared on the last one. */
  #prepare = true;
  /** The host that was taken last. */
  #host = 0;
  /** Those whose last commit is on the server's own disk only, though it answers as if it were on the standby's too. */
  readonly #unreplicated = new WeakSet<Sql>();
  readonly #closed = new AbortController();

  /** @throws {SessionStoreError} DATABASE_REFUSED for a URL that cannot be read, or that asks for a server that cannot do */
  constructor(
    url: string,
    queryTimeoutMs: number,
    runtime: Runtime,
    { schema = null, readsOnly = false }: PostgresEngineOptions = {},
  ) {
    const server = parsePostgresUrl(url);
    if ('problem' in server) {
      const text = `The url ${server.problem}. It is not shown here, as it may hold a password.`;
      throw new SessionStoreError('DATABASE_REFUSED', text);
    }
    this.#server = server;
    this.#hosts = hostsOf(server);
    this.#wanted = readsOnly ? wantedServer(server) : writable(wantedServer(server), this.#hosts.length);
    this.schema = schema ?? server.parameters['schema'] ?? null;
    this.#queryTimeoutMs = queryTimeoutMs;
    this.#runtime = runtime;
  }

  async transact<T>(
    work: (run: Run) => Promise<T>,
    { doing, readOnly = false, lane, timeoutMs = this.#queryTimeoutMs }: TransactionOptions,
  ): Promise<T> {
    return this.#lanes[lane ?? (readOnly ? 'reading' : 'writing')].use(async (slot) => {
      const attempt = async () => this.#transact(slot, work, { doing, readOnly, timeoutMs });
      try {
        return await attempt();
      } catch (cause) {
        if (!(cause instanceof Unprepared)) throw cause;
        // Nothing was committed: what was refused was a statement of the transaction, or its commit.
        const prepare = this.#prepare;
        if (cause.isUnknown) this.#prepare = false;
        return attempt().catch((again: unknown) => {
          // It is not the pooler's doing, then, but the statement's.
          this.#prepare = prepare;
          throw again instanceof Unprepared ? again.error : again;
        });
      }
    });
  }

  async #transact<T>(
    slot: Slot<Sql>,
    work: (run: Run) => Promise<T>,
    { doing, readOnly, timeoutMs }: { doing: string; readOnly: boolean; timeoutMs: number },
  ): Promise<T> {
    let moment: FailureMoment = 'beginning';
    let isOver = false;
    try {
      this.#closed.signal.throwIfAborted();
      const begun = async () => {
        const sql = slot.connection ?? (await this.#connectFor(slot, doing, timeoutMs, () => isOver));
        const done = await sql.begin(transactionMode(readOnly), async (transaction) => {
          moment = readOnly ? 'reading' : 'writing';
          const guarded = guardTransaction(
            async (text, parameters) => transaction.unsafe(text, [...parameters], prepared),
            timeoutMs,
            this.schema,
          );
          // Sent along with what is behind it: the server runs them in order, and nothing after one that failed.
          const [value] = await Promise.all([work(runOn(transaction)), guarded]);
          if (readOnly) throw new RolledBack(value);
          return value;
        });
        if (this.#unreplicated.delete(sql)) throw unreplicated(doing);
        return done;
      };
      const done = RolledBack.valueOf(begun());
      // After the deadline nobody waits for it any more, and its rejection is of no interest.
      done.catch(() => undefined);
      const late = () => timedOut(doing, timeoutMs);
      return (await withDeadline(this.#runtime, timeoutMs, done, late, this.#closed.signal)) as T;
    } catch (cause) {
      isOver = true;
      const { error, action } = failureOf(doing, cause, moment);
      const unprepared = Unprepared.of(cause, error);
      if (action === 'reconnect' || unprepared) drop(slot);
      throw unprepared ?? error;
    }
  }

  async close(): Promise<void> {
    const error = new SessionStoreError('STORE_CLOSED', 'The store is closed; create a new one.');
    const open = Object.values(this.#lanes).flatMap((lane) => lane.close(error));
    await Promise.all(open.map(async (sql) => sql.end({ timeout: endSeconds })));
    // Whoever waits is told, whatever the driver does with what it had in hand.
    this.#closed.abort(error);
  }

  /** @param isTooLate whether the slot is somebody else's by now */
  async #connectFor(slot: Slot<Sql>, doing: string, timeoutMs: number, isTooLate: () => boolean): Promise<Sql> {
    const connection = await this.#connect(doing, timeoutMs, (closed) => {
      if (slot.connection === closed) drop(slot);
    });
    if (isTooLate()) {
      end(connection);
      throw timedOut(doing, timeoutMs);
    }
    slot.connection = connection;
    return connection;
  }

  async #connect(doing: string, timeoutMs: number, onClose: (connection: Sql) => void): Promise<Sql> {
    const [only] = this.#hosts;
    // Of one server that need not be of a certain kind the transaction itself says what is wrong with it.
    if (this.#hosts.length === 1 && this.#wanted === 'any') return this.#open(only!, timeoutMs, onClose);
    const eachMs = Math.max(1, (timeoutMs * shareOfConnecting) / this.#hosts.length);
    const candidates = this.#hosts.map((host): Candidate<Sql> => ({
      name: hostsText([host]) || 'the default host',
      connect: async () => this.#ask(this.#open(host, eachMs, onClose), doing, eachMs),
      drop: end,
    }));
    const { connection, index } = await chooseHost(doing, candidates, this.#wanted, this.#host);
    this.#host = index;
    return connection;
  }

  async #ask(
    connection: Sql,
    doing: string,
    timeoutMs: number,
  ): Promise<{ readonly connection: Sql; readonly state: ServerState }> {
    try {
      const asked = connection.unsafe(
        `select pg_is_in_recovery() as is_standby, current_setting('transaction_read_only') = 'off' as takes_writes`,
      );
      const late = () => timedOut(doing, timeoutMs);
      const [said] = await withDeadline(this.#runtime, timeoutMs, asked, late, this.#closed.signal);
      const state = { isStandby: said?.['is_standby'] === true, takesWrites: said?.['takes_writes'] === true };
      return { connection, state };
    } catch (cause) {
      end(connection);
      const { error } = failureOf(doing, cause, 'beginning');
      throw error.code === 'QUERY_TIMEOUT' ? unanswered(error) : error;
    }
  }

  #open(host: PostgresHost, timeoutMs: number, onClose: (connection: Sql) => void): Sql {
    const { prepare, connection: settings, ...place } = driverOptions(this.#server, host);
    const asked = Number(this.#server.parameters['connect_timeout'] ?? 0) * 1000;
    const connectMs = Math.min(asked || maxConnectMs, timeoutMs, this.#queryTimeoutMs);
    try {
      const connection: Sql = postgres({
        ...(place as postgres.Options<Record<string, never>>),
        prepare: prepare && this.#prepare,
        max: 1,
        connect_timeout: connectMs / 1000,
        // How long to wait after a failure is decided in one place, and it is not here.
        backoff: () => 0,
        max_lifetime: null,
        onnotice: ({ routine }) => void (routine === 'SyncRepWaitForLSN' && this.#unreplicated.add(connection)),
        // The next one may have to go to another host.
        onclose: () => onClose(connection),
        fetch_types: false,
        types: { ...arrayTypes, bigint },
        connection: settings,
      });
      return connection;
    } catch {
      // What it throws may quote what it was given.
      const text = 'The driver refuses the url of the database, or what a variable PGTARGETSESSIONATTRS says.';
      throw new SessionStoreError('DATABASE_REFUSED', text);
    }
  }
}

/**
 * A server that was told to wait no more for its standby (`pg_cancel_backend`) says so in a warning, and that it has committed. To
 * repeat the transaction waits anew: it finds what it has written, and takes the session's row again.
 */
const unreplicated = (doing: string) =>
  new SessionStoreError(
    'QUERY_TIMEOUT',
    `${doing} failed: the server was told to wait no more for its standby, which may not have it. It is tried again until the ` +
      'standby has it: bring that back, or take it out of synchronous_standby_names.',
    { retryable: true },
  );

/** What a store that writes needs. Of several servers that is the primary, whatever is said of readers. */
function writable(wanted: WantedServer, hosts: number): WantedServer {
  if (misfit(wanted, { isStandby: false, takesWrites: true }) !== null) {
    const text = `The url asks for a server that nothing can be written to (target_session_attrs=${wanted}). Give read-write, or only read.`;
    throw new SessionStoreError('DATABASE_REFUSED', text);
  }
  if (wanted === 'read-write' || wanted === 'primary') return wanted;
  return hosts > 1 ? 'primary' : 'any';
}

/**
 * postgres.js can wait for ever on a connection that the server closed during its start (porsager/postgres#1193), so a
 * connection that let us down is not asked again: it is thrown away and the next transaction opens a new one.
 */
function drop(slot: Slot<Sql>): void {
  const { connection } = slot;
  slot.connection = null;
  if (connection) end(connection);
}

function end(connection: Sql): void {
  connection.end({ timeout: 0 }).catch(() => undefined);
}

/** A statement was refused for what the driver had prepared of it before. */
class Unprepared {
  readonly error: SessionStoreError;
  /** The connection does not know it at all; otherwise its tables have changed. */
  readonly isUnknown: boolean;

  private constructor(error: SessionStoreError, isUnknown: boolean) {
    this.error = error;
    this.isUnknown = isUnknown;
  }

  static of(cause: unknown, error: SessionStoreError): Unprepared | null {
    const { code, routine } = (cause ?? {}) as { code?: unknown; routine?: unknown };
    // invalid_sql_statement_name; "cached plan must not change result type" is known by where it comes from.
    const isUnknown = code === '26000';
    return isUnknown || routine === 'RevalidateCachedQuery' ? new Unprepared(error, isUnknown) : null;
  }
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

/** Of a host that says nothing while it is asked what it is. */
const unanswered = (cause: SessionStoreError) =>
  new SessionStoreError('DATABASE_UNREACHABLE', cause.message, {
    cause: new Error('no answer in time'),
    retryable: true,
  });
