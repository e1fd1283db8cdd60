// Brings into the database what the spool has of one session whose owner is gone, with a row in its ledger for each hole.
import { batchRecords } from '../../batch/batch-records.ts';
import { joinBatches } from '../../batch/join-batches.ts';
import type { Batch, GapEntry } from '../../batch/collector.ts';
import { batchOfGaps, gapEntries } from '../../batch/gap-batch.ts';
import { refused } from '../../batch/writing/name-lost.ts';
import { rolledBack } from '../../batch/stream-ends.ts';
import { storedEnds } from '../../batch/writing/stored-ends.ts';
import { gapsOf, rowsForKept, setAsideCause, spoolDamaged, withGaps } from './recover-batch.ts';
import { HoleLedger } from './hole-ledger.ts';
import { nameSetAside } from './name-set-aside.ts';
import { setAside } from './set-aside-file.ts';
import { spooledRuns, type SpooledRun } from './spooled-runs.ts';
import { finishAdoption } from '../../ownership/adopt-session.ts';
import { mayBeCounting } from '../../ownership/reclaim-session.ts';
import type { OwnedSession } from '../../ownership/owned-session.ts';
import type { SessionStoreError } from '../../errors.ts';
import { numberOf } from '../../database/rows.ts';
import { readNotes } from '../session-notes.ts';
import type { Engine, Row } from '../../database/engines/engine.ts';
import type { GapRecord, SessionId } from '../../records.ts';
import type { ResolvedOptions } from '../../options.ts';
import type { SessionTransactions } from '../../batch/writing/session-transactions.ts';
import type { Spool } from '../spool.ts';
import type { SessionLeft } from '../session-spool.ts';

export type RecoveredSession = {
  readonly id: SessionId;
  readonly spool: Spool;
  /** `null`: another process left it. */
  readonly left: SessionLeft | null;
  readonly engine: Engine;
  readonly options: ResolvedOptions;
  /** The spool's folder. */
  readonly folder: string;
  /** Of all tries so far: one that fails in its midst has written what it has. */
  readonly progress: Progress;
  /** Called off when the store is closed. */
  readonly signal: AbortSignal;
};

export type Progress = { written: number; setAside: number; file: string | null; reason: string | null };

/** A batch a time: it is what a file's records are named for. */
const oneByOne = { maxRecords: 1, maxBytes: 1 };

const lostBySpool = 'Some of its records were damaged on the disk; its ledger names them.';
const notThere = 'the database does not have what it had committed, see the ledger';
const lostByDatabase =
  'The database was restored, or a standby that lagged behind took over: its ledger names what is lost.';

/** Counting a session of months takes a while, and nobody waits for it. */
const finishTimeoutMs = 60_000;

/** Writes what the spool has of an adopted session, and ends it. */
export class SessionRecovery {
  readonly #session: RecoveredSession;
  readonly #transactions: SessionTransactions;
  readonly #ledger = new HoleLedger();
  #lastBatch: number;
  #nextGap: number;

  /**
   * @param lastBatch the last one that the database has
   * @param nextGap ordinal of the next row of its ledger
   */
  constructor(session: RecoveredSession, transactions: SessionTransactions, lastBatch: number, nextGap: number) {
    this.#session = session;
    this.#transactions = transactions;
    this.#lastBatch = lastBatch;
    this.#nextGap = nextGap;
  }

  async run(owned: OwnedSession): Promise<void> {
    const { id, spool, left, progress, options, engine } = this.#session;
    const last = lastBatchOf(this.#session);
    const isRolledBack = spool.acknowledged(id) > this.#lastBatch;
    if (isRolledBack) {
      const doing = 'Looking for what the database has lost';
      this.#ledger.begin(await engine.transact(async (run) => storedEnds(run, id), { doing, readOnly: true }));
      this.#ledger.hole(rolledBack);
    }
    for await (const run of spooledRuns(spool, id, this.#lastBatch, left?.entries ?? [], options)) {
      await this.#writeRun(run);
      spool.acknowledge(id, this.#lastBatch);
    }
    if (last > this.#lastBatch) this.#ledger.hole(spoolDamaged);
    const nowMs = options.runtime.nowMs();
    const lost = isRolledBack && left ? this.#ledger.takeLost(left.ends, rolledBack, nowMs) : [];
    const rows = [...this.#ledger.takeEnd(nowMs), ...lost];
    // Also where it names nothing: a session that comes here again is past what was lost.
    const ending = Math.max(this.#lastBatch + 1, last);
    if (rows.length > 0) await this.#transactions.recover(batchOfGaps(ending, gapEntries(rows), this.#nextGap));
    progress.written += rows.length;
    if (this.#ledger.hasHoles) {
      progress.reason ??= isRolledBack ? lostByDatabase : lostBySpool;
    }
    const { end } = readNotes(await spool.notes(id));
    const wanted = end ?? left?.end;
    if (wanted) await this.#transactions.end(null, wanted, null);
    else await this.#finish(owned, isRolledBack ? `; ${notThere}` : '');
  }

  async #writeRun({ batches, isAfterHole }: SpooledRun): Promise<void> {
    if (isAfterHole) this.#ledger.hole(spoolDamaged);
    this.#ledger.see(batches.flatMap(batchRecords));
    await this.#write(batches, this.#ledger.take());
  }

  /**
   * In one transaction; or, when the database will never take that, batch by batch, and the one that is at fault goes into a file
   * and into the ledger.
   */
  async #write(batches: readonly Batch[], rows: readonly GapRecord[]): Promise<void> {
    const { signal, progress } = this.#session;
    signal.throwIfAborted();
    const batch = withGaps(joinBatches(batches), rows, this.#nextGap);
    try {
      await this.#commit(batch);
      progress.written += batch.records;
    } catch (cause) {
      const error = cause as SessionStoreError;
      if (error.retryable || error.code !== 'QUERY_FAILED') throw error;
      if (batches.length === 1) return this.#keep(batches[0]!, rows, error);
      for (const [index, one] of batches.entries()) await this.#write([one], index === 0 ? rows : []);
    }
  }

  async #commit(batch: Batch): Promise<void> {
    await this.#transactions.recover(batch);
    this.#lastBatch = batch.ordinal;
    this.#nextGap = (batch.gaps.at(-1)?.ordinal ?? this.#nextGap - 1) + 1;
  }

  async #keep(batch: Batch, rows: readonly GapRecord[], error: SessionStoreError): Promise<void> {
    const { id, folder, progress } = this.#session;
    const records = batchRecords(batch).filter(({ kind }) => kind !== 'gap');
    const substitute = withGaps(gapsOf(batch), [...rows, ...rowsForKept(records, refused)], this.#nextGap);
    // Safe in a file of its own before the spool may forget them.
    const file = await setAside(folder, id, async (add) => add(records, batch.ordinal));
    await this.#commit(substitute);
    progress.written += substitute.records;
    progress.setAside += records.length;
    progress.file ??= file;
    progress.reason ??= error.message;
  }

  /** @param note what more is to be said of its end */
  async #finish(owned: OwnedSession, note: string): Promise<void> {
    const options = { doing: 'Finishing a session', lane: 'background', timeoutMs: finishTimeoutMs } as const;
    const { engine } = this.#session;
    try {
      await engine.transact(async (run) => finishAdoption(run, owned, note), options);
    } catch (cause) {
      if (!mayBeCounting(cause as SessionStoreError)) throw cause;
      await engine.transact(async (run) => finishAdoption(run, owned, note, false), options);
    }
  }
}

/**
 * Keeps the records in a file that the database cannot take any more, and names them in the session's ledger.
 *
 * @param row of the session; null where the database does not have it
 * @returns how many there are, and the file; `null` when there are none
 */
export async function setSessionAside(session: RecoveredSession, row: Row | null): Promise<KeptRecords | null> {
  const { id, spool, left, folder, engine } = session;
  const lastBatch = row ? numberOf(row, 'last_batch') : 0;
  let [records, last] = [0, lastBatch];
  let rows: readonly GapRecord[] = [];
  const gaps: GapEntry[] = [];
  const file = await setAside(folder, id, async (add) => {
    for await (const { batches } of spooledRuns(spool, id, lastBatch, left?.entries ?? [], oneByOne)) {
      const [batch] = batches;
      // Its ledger goes into the database, where the session is there.
      if (row) gaps.push(...batch!.gaps);
      const kept = batchRecords(batch!).filter(({ kind }) => !row || kind !== 'gap');
      await add(kept, batch!.ordinal);
      records += kept.length;
      last = batch!.ordinal;
      rows = rowsForKept(kept, setAsideCause, rows);
    }
  });
  gaps.push(...gapEntries(rows));
  if (row && gaps.length > 0) {
    const doing = 'Naming records that were set aside';
    await engine.transact(async (run) => nameSetAside(run, id, gaps, last), { doing, lane: 'background' });
  }
  return file === null ? null : { records, file };
}

export type KeptRecords = { readonly records: number; readonly file: string };

/** The last batch that was ever taken, be it there or not. */
const lastBatchOf = ({ id, spool, left }: RecoveredSession) =>
  left?.entries.at(-1)?.batch ?? spool.sessions().find(({ session }) => session === id)?.lastBatch ?? 0;
