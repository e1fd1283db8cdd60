import type { Batch } from './core/collector.ts';
import { ownership, type OwnedSession } from './core/ownership.ts';
import { SessionStoreError } from './errors.ts';
import type { Engine, Run } from './io/engine.ts';
import type { MarketIds } from './market-ids.ts';
import type { Partitions } from './partitions.ts';
import { commitBatch } from './queries/commit-batch.ts';
import { endSession, type SessionEnd } from './queries/end-session.ts';
import { lockSession } from './queries/lock-session.ts';
import { writeBatch } from './queries/write-batch.ts';
import type { SessionRow } from './records.ts';
import { numberOf, sessionRow } from './rows.ts';

/**
 * The transactions of one owned session. Each begins by taking the session's row, which says whether it is still ours and
 * which batch comes next; so each may be repeated, and what was committed once is left as it is.
 */
export class SessionWrites {
  readonly #engine: Engine;
  readonly #markets: MarketIds;
  readonly #partitions: Partitions;
  readonly #session: OwnedSession;
  readonly #leaseMs: number;

  constructor(engine: Engine, markets: MarketIds, partitions: Partitions, session: OwnedSession, leaseMs: number) {
    this.#engine = engine;
    this.#markets = markets;
    this.#partitions = partitions;
    this.#session = session;
    this.#leaseMs = leaseMs;
  }

  /**
   * @throws {SessionStoreError} SESSION_FENCED or SESSION_CLOSED when the session is not ours any more, SESSION_DIVERGED, or
   *   why the database failed
   */
  async write(batch: Batch): Promise<void> {
    const marketIds = await this.#prepare(batch);
    await this.#engine.transact(
      async (run) => {
        const row = ownership(await lockSession(run, this.#session.id), this.#session);
        await this.#add(run, batch, marketIds, numberOf(row, 'last_batch'));
      },
      { doing: 'Writing records' },
    );
  }

  /**
   * Writes a batch of an adopted session, whose batches may have holes between them: the batch itself names those. One that the
   * session is past already is left alone.
   *
   * @throws {SessionStoreError} as `write`
   */
  async recover(batch: Batch): Promise<void> {
    const marketIds = await this.#prepare(batch);
    await this.#engine.transact(
      async (run) => {
        const row = ownership(await lockSession(run, this.#session.id), this.#session);
        if (numberOf(row, 'last_batch') >= batch.ordinal) return;
        await this.#insert(run, batch, marketIds);
      },
      { doing: 'Writing spooled records' },
    );
  }

  /**
   * Writes the last batch and ends the session.
   *
   * @param before ordinal of the batch that has to be in the database by then; null where batches are known to be lost
   * @throws {SessionStoreError} as `write`
   */
  async end(batch: Batch | null, end: SessionEnd, before: number | null): Promise<SessionRow> {
    const marketIds = batch ? await this.#prepare(batch) : [];
    return this.#engine.transact(
      async (run) => {
        const row = await lockSession(run, this.#session.id);
        // The first try was committed after all, and only its answer was lost.
        if (row && isEndedAs(sessionRow(row), end)) return sessionRow(row);
        const lastBatch = numberOf(ownership(row, this.#session), 'last_batch');
        if (before !== null && before !== lastBatch) throw this.#diverged(before, lastBatch);
        if (batch) await this.#add(run, batch, marketIds, lastBatch);
        return sessionRow(await endSession(run, this.#session.id, end));
      },
      { doing: 'Closing a session' },
    );
  }

  /** What a batch's rows refer to or lie in, committed before them: markets, and partitions of their days. */
  async #prepare(batch: Batch): Promise<readonly number[]> {
    await this.#partitions.cover(batch);
    return this.#markets.of(batch.markets);
  }

  async #add(run: Run, batch: Batch, marketIds: readonly number[], lastBatch: number): Promise<void> {
    // An earlier try was committed, and its answer was lost.
    if (lastBatch === batch.ordinal) return;
    if (lastBatch !== batch.ordinal - 1) throw this.#diverged(batch.ordinal - 1, lastBatch);
    await this.#insert(run, batch, marketIds);
  }

  async #insert(run: Run, batch: Batch, marketIds: readonly number[]): Promise<void> {
    await writeBatch(run, this.#session, batch, marketIds);
    await commitBatch(run, this.#session.id, batch.ordinal, this.#leaseMs);
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
