// From a batch to rows. In goes a batch; its markets are numbered, its days get partitions, its columns become statements, and one
// transaction writes them. Out comes nothing, as the batch is committed then, or the error that says why not.
import { batchDays } from '../batch-days.ts';
import type { Batch } from '../collector.ts';
import { requireOwnership, type OwnedSession } from '../../ownership/owned-session.ts';
import { SessionStoreError } from '../../errors.ts';
import type { Engine, Row, Run } from '../../database/engines/engine.ts';
import type { MarketIds } from './market-ids.ts';
import type { Partitions } from '../../partitions/partitions.ts';
import { encodeBatch, type EncodedBatch } from './encode-batch.ts';
import { endSession, type SessionEnd } from '../../ownership/end-session.ts';
import { lockSession } from '../../ownership/lock-session.ts';
import type { SessionRow } from '../../records.ts';
import { numberOf, sessionRow } from '../../database/rows.ts';
import { nameLost, type LostRecords } from './name-lost.ts';
import { writeBatch } from './write-batch.ts';

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
  readonly #rowMade: () => Promise<void>;
  /** The batch that was made ready last, for its first try and those after it. */
  #ready: { readonly batch: Batch; readonly encoded: EncodedBatch } | null = null;

  /** @param rowMade resolves once the session has its row: it may have begun without */
  constructor(
    engine: Engine,
    markets: MarketIds,
    partitions: Partitions,
    session: OwnedSession,
    leaseMs: number,
    rowMade: () => Promise<void> = async () => undefined,
  ) {
    this.#engine = engine;
    this.#markets = markets;
    this.#partitions = partitions;
    this.#session = session;
    this.#leaseMs = leaseMs;
    this.#rowMade = rowMade;
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
    await this.#inSession(batch, 'Writing records', async (run, row, encoded) => {
      const lastBatch = numberOf(requireOwnership(row, this.#session), 'last_batch');
      await this.#add(run, encoded!, lastBatch, whenSent);
    });
  }

  /**
   * Writes a batch of an adopted session, whose batches may have holes between them: the batch itself names those. One that the
   * session is past already is left alone.
   *
   * @throws {SessionStoreError} as `write`
   */
  async recover(batch: Batch): Promise<void> {
    await this.#inSession(batch, 'Writing spooled records', async (run, row, encoded) => {
      const lastBatch = numberOf(requireOwnership(row, this.#session), 'last_batch');
      if (lastBatch < batch.ordinal) await this.#insert(run, encoded!);
    });
  }

  /**
   * Writes the last batch and ends the session.
   *
   * @param before ordinal of the batch that has to be in the database by then; null where batches are known to be lost
   * @param lost what the ledger is to name then
   * @throws {SessionStoreError} as `write`
   */
  async end(
    batch: Batch | null,
    end: SessionEnd,
    before: number | null,
    lost: LostRecords | null = null,
  ): Promise<SessionRow> {
    return this.#inSession(batch, 'Closing a session', async (run, row, encoded) => {
      // The first try was committed after all, and only its answer was lost.
      if (row && isEndedAs(sessionRow(row), end)) return sessionRow(row);
      const lastBatch = numberOf(requireOwnership(row, this.#session), 'last_batch');
      if (before !== null && before !== lastBatch) throw this.#diverged(before, lastBatch);
      if (encoded) await this.#add(run, encoded, lastBatch);
      const ended = await endSession(run, this.#session.id, end);
      if (!lost) return sessionRow(ended);
      await nameLost(run, this.#session, lastBatch + 1, lost, end.endedAtMs);
      return sessionRow((await lockSession(run, this.#session.id))!);
    });
  }

  /**
   * A transaction that has the session's row. Should the database be another one than that of which something is remembered, all that
   * is forgotten, and it begins anew.
   */
  async #inSession<T>(
    batch: Batch | null,
    doing: string,
    work: (run: Run, row: Row | null, encoded: EncodedBatch | null) => Promise<T>,
  ): Promise<T> {
    await this.#rowMade();
    for (let tries = 3; tries > 0; tries--) {
      const encoded = batch && (await this.prepare(batch));
      try {
        const done = await this.#engine.transact(
          async (run) => {
            const [row, isKnown] = await Promise.all([lockSession(run, this.#session.id), knows(run, encoded)]);
            return isKnown && { value: await work(run, row, encoded) };
          },
          { doing },
        );
        if (done) {
          // Meanwhile the next one may have been made ready.
          if (this.#ready?.batch === batch) this.#ready = null;
          return done.value;
        }
      } catch (cause) {
        if ((cause as SessionStoreError).code === 'SESSION_DIVERGED') this.#forgetDatabase();
        throw cause;
      }
      this.#forgetDatabase();
    }
    const text = `${doing} failed: the numbers of its markets change under it. Is the database being restored?`;
    throw new SessionStoreError('QUERY_FAILED', text, { retryable: true });
  }

  #forgetDatabase(): void {
    this.#ready = null;
    this.#markets.forget();
    this.#partitions.forget();
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

const knows = async (run: Run, batch: EncodedBatch | null): Promise<boolean> => {
  if (!batch?.known) return true;
  const [row] = await run(batch.known);
  return numberOf(row!, 'known') === batch.markets;
};

const isEndedAs = (row: SessionRow, end: SessionEnd) =>
  row.status === end.status && row.endReason === end.reason && row.endedAtMs === end.endedAtMs;
