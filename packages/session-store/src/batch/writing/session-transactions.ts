// From a batch to rows. In goes a batch; its markets are numbered, its days get partitions, its columns become statements, and one
// transaction writes them. Out comes nothing, as the batch is committed then, or the error that says why not.
import { batchDays } from '../batch-days.ts';
import type { Batch } from '../collector.ts';
import { requireOwnership, type OwnedSession } from '../../ownership/owned-session.ts';
import { SessionStoreError } from '../../errors.ts';
import type { Engine, Row, Run, Statement } from '../../database/engines/engine.ts';
import type { MarketIds } from './market-ids.ts';
import type { Partitions } from '../../partitions/partitions.ts';
import { encodeBatch, type EncodedBatch } from './encode-batch.ts';
import { endSession, type SessionEnd } from '../../ownership/end-session.ts';
import { lockSession } from '../../ownership/lock-session.ts';
import { sql } from 'drizzle-orm';
import { leaseFromNow } from '../../ownership/lease.ts';
import { moment } from '../../database/moment.ts';
import type { SessionCounters, SessionId, SessionRow } from '../../records.ts';
import { numberOf, sessionRow } from '../../database/rows.ts';

/**
 * The transactions of one owned session. Each begins by taking the session's row, which says whether it is still ours and
 * which batch comes next; so each may be repeated, and what was committed once is left as it is.
 */
export class SessionTransactions {
  readonly #engine: Engine;
  readonly #markets: MarketIds;
  readonly #partitions: Partitions;
  readonly #session: OwnedSession;
  readonly #leaseMs: number;
  /** The batch that was made ready last, for its first try and those after it. */
  #ready: { readonly batch: Batch; readonly encoded: EncodedBatch } | null = null;

  constructor(engine: Engine, markets: MarketIds, partitions: Partitions, session: OwnedSession, leaseMs: number) {
    this.#engine = engine;
    this.#markets = markets;
    this.#partitions = partitions;
    this.#session = session;
    this.#leaseMs = leaseMs;
  }

  /**
   * Does all of a write that does not change the session, so that none of it is left to do between its transaction and the one
   * before. Another batch takes this one's place.
   *
   * @throws {SessionStoreError} why the database failed, if it had to be asked
   */
  async prepare(batch: Batch): Promise<EncodedBatch> {
    if (this.#ready?.batch === batch) return this.#ready.encoded;
    // What its rows refer to or lie in is committed before them: markets, and partitions of their days.
    await this.#partitions.cover(batchDays(batch));
    const marketIds = await this.#markets.of(batch.markets);
    const encoded = encodeBatch(this.#session.id, batch, marketIds);
    this.#ready = { batch, encoded };
    return encoded;
  }

  /**
   * @param whenSent called once the server has the next move
   * @throws {SessionStoreError} SESSION_FENCED or SESSION_CLOSED when the session is not ours any more, SESSION_DIVERGED, or
   *   why the database failed
   */
  async write(batch: Batch, whenSent?: () => void): Promise<void> {
    const encoded = await this.prepare(batch);
    await this.#engine.transact(
      async (run) => {
        const row = requireOwnership(await lockSession(run, this.#session.id), this.#session);
        await this.#add(run, encoded, numberOf(row, 'last_batch'), whenSent);
      },
      { doing: 'Writing records' },
    );
    this.#forget(batch);
  }

  /**
   * Writes a batch of an adopted session, whose batches may have holes between them: the batch itself names those. One that the
   * session is past already is left alone.
   *
   * @throws {SessionStoreError} as `write`
   */
  async recover(batch: Batch): Promise<void> {
    const encoded = await this.prepare(batch);
    await this.#engine.transact(
      async (run) => {
        const row = requireOwnership(await lockSession(run, this.#session.id), this.#session);
        if (numberOf(row, 'last_batch') < batch.ordinal) await this.#insert(run, encoded);
      },
      { doing: 'Writing spooled records' },
    );
    this.#forget(batch);
  }

  /**
   * Writes the last batch and ends the session.
   *
   * @param before ordinal of the batch that has to be in the database by then; null where batches are known to be lost
   * @throws {SessionStoreError} as `write`
   */
  async end(batch: Batch | null, end: SessionEnd, before: number | null): Promise<SessionRow> {
    const encoded = batch && (await this.prepare(batch));
    return this.#engine.transact(
      async (run) => {
        const row = await lockSession(run, this.#session.id);
        // The first try was committed after all, and only its answer was lost.
        if (row && isEndedAs(sessionRow(row), end)) return sessionRow(row);
        const lastBatch = numberOf(requireOwnership(row, this.#session), 'last_batch');
        if (before !== null && before !== lastBatch) throw this.#diverged(before, lastBatch);
        if (encoded) await this.#add(run, encoded, lastBatch);
        return sessionRow(await endSession(run, this.#session.id, end));
      },
      { doing: 'Closing a session' },
    );
  }

  #forget(batch: Batch): void {
    if (this.#ready?.batch === batch) this.#ready = null;
  }

  async #add(run: Run, batch: EncodedBatch, lastBatch: number, whenSent?: () => void): Promise<void> {
    // An earlier try was committed, and its answer was lost.
    if (lastBatch === batch.ordinal) return;
    if (lastBatch !== batch.firstOrdinal - 1) throw this.#diverged(batch.firstOrdinal - 1, lastBatch);
    await this.#insert(run, batch, whenSent);
  }

  async #insert(run: Run, batch: EncodedBatch, whenSent?: () => void): Promise<void> {
    await writeBatch(run, this.#session, batch, this.#leaseMs, whenSent);
  }

  #diverged(expected: number, found: number): SessionStoreError {
    return new SessionStoreError(
      'SESSION_DIVERGED',
      `Session ${this.#session.id} ends with batch ${found} in the database, and batch ${expected} was committed: the ` +
        'database was restored, or a standby without its latest changes has taken over. Open a new session.',
    );
  }
}

const isEndedAs = (row: SessionRow, end: SessionEnd) =>
  row.status === end.status && row.endReason === end.reason && row.endedAtMs === end.endedAtMs;

/**
 * Writes a batch's rows, counts in the session and in the recorder's lifetime what was really added (rows that are there
 * already are left alone and not counted again), and enters it as the session's last batch.
 *
 * A write shows that the owner lives, so it renews the lease: last of all in its transaction, because while it runs the row is
 * locked and nobody else can.
 *
 * @param whenSent called once the rows are on their way to the server, which has the next move then
 */
export async function writeBatch(
  run: Run,
  session: { readonly id: SessionId; readonly recorder: string },
  batch: EncodedBatch,
  leaseMs: number,
  whenSent: () => void = () => undefined,
): Promise<SessionCounters> {
  // Sent together, run by the server one after the other: none of them needs another's answer.
  const inserted = Promise.all(
    [batch.deltas, batch.snapshots, batch.trades, batch.raw, batch.gaps, batch.keyframes].map(async (insert) =>
      added(run, insert),
    ),
  );
  whenSent();
  const [deltas, snapshots, trades, raw, gaps] = (await inserted) as [Rows, Rows, Rows, Rows, Rows];
  const counters = {
    snapshots: snapshots.length,
    deltas: sum(deltas, 'records'),
    trades: sum(trades, 'records'),
    raw: raw.length,
    gaps: gaps.length,
    shed: sum(gaps, 'shed'),
  };
  const messages = counters.snapshots + counters.deltas + counters.trades + counters.raw;
  const counting = sql`
    messages = messages + ${messages}::bigint,
    snapshots = snapshots + ${counters.snapshots}::bigint,
    deltas = deltas + ${counters.deltas}::bigint,
    trades = trades + ${counters.trades}::bigint,
    raw = raw + ${counters.raw}::bigint,
    gaps = gaps + ${counters.gaps}::bigint,
    shed = shed + ${counters.shed}::bigint`;
  await Promise.all([
    run(sql`update recorders set ${counting} where name = ${session.recorder}`),
    run(sql`
      update sessions set
        ${counting},
        first_day = least(first_day, date 'epoch' + ${batch.firstDay}::integer),
        last_record_at = greatest(last_record_at, ${moment(batch.lastRecordAtMs)}),
        last_batch = ${batch.ordinal}::bigint,
        lease_until = ${leaseFromNow(leaseMs)}
      where id = ${session.id}::uuid`),
  ]);
  return { messages, ...counters };
}

type Rows = readonly Row[];

const added = async (run: Run, insert: Statement | null): Promise<Rows> => (insert ? run(insert) : []);

const sum = (rows: Rows, column: string) => rows.reduce((total, row) => total + numberOf(row, column), 0);
