import { Compaction, type CompactionResult } from './compaction/compaction.ts';
import { isName, maxTimeMs } from './batch/record-check.ts';
import { SessionStoreError, type SessionStoreErrorCode } from './errors.ts';
import type { Engine } from './database/engines/engine.ts';
import { openSqliteSpool } from './spool/log/sqlite-spool.ts';
import { refuseOtherVersions } from './spool/log/spool-version.ts';
import { Maintenance } from './background/maintenance.ts';
import { MarketIds } from './batch/writing/market-ids.ts';
import { migrate } from './migrate.ts';
import { migratedFirst } from './database/engines/migrated-first.ts';
import { openEngine } from './database/engines/open-engine.ts';
import { isSessionId } from './database/session-id.ts';
import { resolveOptions, within } from './resolve-options.ts';
import type { ResolvedOptions, SessionStoreOptions } from './options.ts';
import { sql } from 'drizzle-orm';
import type { Opening, Reserved } from './ownership/opening.ts';
import { Owner, unknownSession } from './ownership/owner.ts';
import { Partitions } from './partitions/partitions.ts';
import type { RecordingSession } from './recording/recording-session.ts';
import { ActiveSession } from './recording/active-session.ts';
import type { OpenSessionOptions, SessionStore, StoreBacklog } from './store-api.ts';
import { ReadingStore } from './reading-store.ts';
import { BatchSpool } from './spool/batch-spool.ts';
import { SessionTransactions } from './batch/writing/session-transactions.ts';
import { Recoveries } from './spool/recovery/recoveries.ts';
import type { SessionLeft } from './spool/session-spool.ts';
import type { Spool } from './spool/spool.ts';
import { StatusSources } from './background/status-sources.ts';
import { closeAllActive } from './ownership/close-orphans.ts';
import { RetryQueue } from './batch/writing/retry-queue.ts';

/**
 * Opens the database, brings its schema up to date, and closes the sessions that a process which is gone left `active`: on
 * a server those whose lease has run out, on an embedded one, whose folder is locked first, all of them. With a spool, a server that
 * is away is waited for in the background.
 *
 * @example
 * const store = await createSessionStore({ dataDir: 'data' });
 * const session = await store.openSession({ recorder: 'desk-1' });
 *
 * @throws {TypeError | RangeError} on wrong options
 * @throws {SessionStoreError} DATABASE_UNREACHABLE, DATABASE_REFUSED, DATA_DIR_LOCKED, DATA_DIR_UNUSABLE, DATABASE_UNUSABLE,
 *   SCHEMA_TOO_NEW, MIGRATION_FAILED, QUERY_TIMEOUT, SPOOL_OF_OTHER_VERSION, SPOOL_FULL, SPOOL_FAILED
 */
export async function createSessionStore(options: SessionStoreOptions): Promise<SessionStore> {
  return openStore(options, { engine: openOwnEngine, spool: openOwnSpool });
}

/** What a store stands on. A simulation gives others. */
export type StoreParts = {
  engine(options: ResolvedOptions): Promise<Engine>;
  spool(options: ResolvedOptions, engine: Engine): Promise<Spool | null>;
};

/** @throws {SessionStoreError} as {@link createSessionStore} */
export async function openStore(options: SessionStoreOptions, parts: StoreParts): Promise<SessionStore> {
  const resolved = resolveOptions(options);
  const engine = await parts.engine(resolved);
  let spool: Spool | null = null;
  try {
    const away = await migrated(engine, resolved);
    // The folder's lock proves that no other owner lives.
    if (engine.name === 'pglite') await closeAllActive(engine);
    spool = await parts.spool(resolved, engine);
    const own = away ? migratedFirst(engine, async () => migrate(engine, resolved.queryTimeoutMs)) : engine;
    const store = new Store(own, resolved, spool);
    await store.begin(away);
    return store;
  } catch (error) {
    await spool?.close().catch(() => undefined);
    await engine.close();
    throw error;
  }
}

/** @returns why the database cannot be asked now, where the store may begin without it */
async function migrated(engine: Engine, { queryTimeoutMs, spool }: ResolvedOptions): Promise<SessionStoreError | null> {
  const withinMs = spool?.openWithinMs ?? null;
  try {
    await migrate(engine, Math.min(queryTimeoutMs, withinMs ?? Infinity));
    return null;
  } catch (cause) {
    if (withinMs !== null && awayCodes.includes((cause as SessionStoreError).code)) return cause as SessionStoreError;
    throw cause;
  }
}

/** It may come back by itself. What it refuses is somebody's to put right, and to be told of at the start. */
const awayCodes: readonly SessionStoreErrorCode[] = ['DATABASE_UNREACHABLE', 'DATABASE_OVERLOADED', 'QUERY_TIMEOUT'];

async function openOwnEngine(options: ResolvedOptions): Promise<Engine> {
  // Before anything is changed, the database beside it included.
  if (options.spool) await refuseOtherVersions(options.spool.dir);
  return openEngine(options);
}

export async function openOwnSpool(options: ResolvedOptions, engine: Engine): Promise<Spool | null> {
  const { spool, runtime, onMaintenanceFailure } = options;
  if (!spool) return null;
  return openSqliteSpool({
    folder: spool.dir,
    maxBytes: spool.maxBytes,
    makeSafe: makeSafeOf(engine),
    onUnsafe: (error, failures) => onMaintenanceFailure({ job: 'making the embedded database safe', error, failures }),
    runtime,
  });
}

const makeSafeOf = (engine: Engine) => (engine.makeSafe ? async () => engine.makeSafe!() : null);

class Store extends ReadingStore implements SessionStore {
  readonly #engine: Engine;
  readonly #options: ResolvedOptions;
  readonly #retryQueue: RetryQueue;
  readonly #markets: MarketIds;
  readonly #partitions: Partitions;
  readonly #compaction: Compaction;
  readonly #maintenance: Maintenance;
  readonly #owner: Owner;
  readonly #status: StatusSources;
  readonly #spool: Spool | null;
  readonly #recoveries: Recoveries | null;
  readonly #open = new Set<ActiveSession>();
  /** Openings under way; a store that closes waits for them, or it would leave an active row behind. */
  readonly #opening = new Set<Promise<RecordingSession>>();
  readonly #ending = new AbortController();

  constructor(engine: Engine, options: ResolvedOptions, spool: Spool | null) {
    super(engine, options.runtime);
    this.#engine = engine;
    this.#options = options;
    this.#status = new StatusSources(options.onStatus);
    this.#retryQueue = new RetryQueue(options.runtime, this.#status.of('database'), options.onWrite);
    this.#markets = new MarketIds(engine);
    this.#partitions = new Partitions(engine, options.retention);
    this.#compaction = new Compaction(engine, this.#partitions, options.compaction);
    const jobs = [...this.#partitions.jobs(), ...this.#compaction.jobs()];
    this.#maintenance = new Maintenance(options.runtime, jobs, options.onMaintenanceFailure);
    this.#owner = new Owner(engine, options);
    this.#spool = spool;
    this.#recoveries = spool && this.#recover(spool);
  }

  /**
   * Closes the orphans that are there, and takes over those that are in the spool. That one cannot be closed stops nobody: the
   * next search for orphans tries again, and reports it.
   *
   * @param away why the database cannot be asked: that is left to the background
   */
  async begin(away: SessionStoreError | null): Promise<void> {
    if (!away) await this.#owner.closeOrphans().catch(() => undefined);
    await this.#recoveries?.begin(away !== null);
    if (!away) return;
    this.#retryQueue.report(away);
    const ask = async () => this.#engine.transact(async (run) => run(sql`select 1`), { doing: 'Opening the database' });
    this.#retryQueue.write(ask, this.#ending.signal).catch(() => undefined);
  }

  #recover(spool: Spool): Recoveries {
    return new Recoveries({
      spool,
      folder: this.#options.spool!.dir,
      engine: this.#engine,
      markets: this.#markets,
      partitions: this.#partitions,
      owner: this.#owner,
      options: this.#options,
      onStatus: this.#status.of('recovery'),
    });
  }

  async openSession(options: OpenSessionOptions): Promise<RecordingSession> {
    const opening = this.#openSession(options);
    this.#opening.add(opening);
    try {
      return await opening;
    } finally {
      this.#opening.delete(opening);
    }
  }

  async #openSession(options: OpenSessionOptions): Promise<RecordingSession> {
    const { recorder, continues, startedAtMs = this.#options.runtime.nowMs(), whenAway = 'begin' } = options;
    if (!isName(recorder))
      throw new TypeError(`recorder must be 1 to 500 characters, not ${JSON.stringify(recorder)}.`);
    if (typeof continues === 'string' && !isSessionId(continues)) throw unknownSession(continues);
    within('startedAtMs', startedAtMs, 0, maxTimeMs);
    this.refuseIfClosed();
    const withinMs = whenAway === 'begin' ? (this.#options.spool?.openWithinMs ?? null) : null;
    const before = async () => this.#recoveries?.takeOver();
    const opening = await this.#owner
      .open({ recorder, continues, startedAtMs }, { withinMs, before })
      .catch((error: SessionStoreError) => {
        if (error.code === 'RECORDER_BUSY') this.#retryQueue.answered();
        throw error;
      });
    if (opening.isMade) this.#retryQueue.answered();
    const { session: owned, beginning } = opening;
    if (!opening.isMade && [...this.#open].some((open) => open.recorder === recorder)) {
      this.#owner.letGo(owned.id);
      throw busyHere(recorder);
    }
    const over = new AbortController();
    const onEnd = (left: SessionLeft | null) => {
      over.abort();
      this.#owner.letGo(owned.id);
      this.#open.delete(session);
      if (left) this.#recoveries?.handOver(owned.id, left, opening.isMade);
    };
    const session = new ActiveSession(
      beginning,
      this.#options,
      this.#retryQueue,
      this.#transactionsOf(opening),
      onEnd,
      this.#spoolOf(beginning),
      { predecessor: opening.predecessor, isInDoubt: () => this.#owner.isInDoubt(owned.id) },
    );
    this.#open.add(session);
    opening.begin(() => {
      if (over.signal.aborted) return;
      this.#owner.hold(
        owned,
        (error) => session.lose(error),
        () => session.settle(),
      );
    });
    // Also where there is nothing to write: whoever looks into the database is to see it.
    if (!opening.isMade) {
      this.#retryQueue
        .write(async () => opening.made(), over.signal)
        .catch((error: SessionStoreError) => {
          if (!over.signal.aborted) session.lose(error);
        });
    }
    return session;
  }

  #transactionsOf(opening: Opening): SessionTransactions {
    const { durationMs } = this.#options.lease;
    const made = async () => opening.made();
    return new SessionTransactions(this.#engine, this.#markets, this.#partitions, opening.session, durationMs, made);
  }

  #spoolOf({ id, ...beginning }: Reserved): BatchSpool | null {
    if (!this.#spool) return null;
    const { runtime } = this.#options;
    const report = this.#status.of('spool');
    const onRefusal = (error: SessionStoreError | null) =>
      report(error ? { state: 'failing', error, sinceMs: runtime.nowMs() } : { state: 'writing' });
    const makeSafe = makeSafeOf(this.#engine);
    return new BatchSpool(id, this.#owner.identity, beginning, this.#spool, { runtime, onRefusal, makeSafe });
  }

  backlog(): StoreBacklog {
    const queued = [...this.#open].map(({ queued: of }) => of);
    const spooled = this.#spool?.depth();
    const oldestAtMs = Math.min(
      spooled?.oldestAtMs ?? Infinity,
      ...[...this.#open].map((session) => session.oldestAtMs),
    );
    return {
      queuedRecords: queued.reduce((sum, { records }) => sum + records, 0),
      queuedBytes: queued.reduce((sum, { bytes }) => sum + bytes, 0),
      spooledRecords: spooled?.records ?? null,
      spooledBytes: spooled?.bytes ?? null,
      spoolLimitBytes: this.#spool?.maxBytes ?? null,
      oldestAtMs: oldestAtMs < Infinity ? oldestAtMs : null,
    };
  }

  leaseLeftMs(): number | null {
    return this.#owner.leaseLeftMs;
  }

  async compact(): Promise<CompactionResult> {
    this.refuseIfClosed();
    return this.#compaction.compactAll();
  }

  protected override async end(): Promise<void> {
    await Promise.allSettled(this.#opening);
    const closing = [...this.#open].map(async (session) => session.close({ status: 'closed', reason: 'store closed' }));
    const results = await Promise.allSettled(closing);
    // What is under way in the background ends with the connection, if it has not by then.
    this.#ending.abort(new SessionStoreError('STORE_CLOSED', 'The store is closed; create a new one.'));
    const stopped = [this.#recoveries?.stop() ?? Promise.resolve(), this.#owner.stop(), this.#maintenance.stop()];
    await super.end();
    await Promise.all(stopped);
    await this.#spool?.close();
    for (const result of results) if (result.status === 'rejected') throw result.reason as SessionStoreError;
  }
}

/** The database, which would say so, is away. */
const busyHere = (recorder: string) =>
  new SessionStoreError(
    'RECORDER_BUSY',
    `Recorder ${JSON.stringify(recorder)} has a session in this store. Close it, or record under another name.`,
    { retryable: true },
  );
