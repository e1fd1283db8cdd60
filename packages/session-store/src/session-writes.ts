import type { Batch } from './core/collector.ts';
import { SessionStoreError } from './errors.ts';
import type { Engine, Row } from './io/engine.ts';
import type { MarketIds } from './market-ids.ts';
import { endSession, type SessionEnd } from './queries/end-session.ts';
import { lockSession } from './queries/lock-session.ts';
import { writeBatch } from './queries/write-batch.ts';
import type { SessionId, SessionRow } from './records.ts';
import { sessionRow } from './rows.ts';

/** The transactions of one active session. Each may be repeated: what is there already stays as it is. */
export class SessionWrites {
  readonly #engine: Engine;
  readonly #markets: MarketIds;
  readonly #session: { readonly id: SessionId; readonly recorder: string };

  constructor(engine: Engine, markets: MarketIds, session: { readonly id: SessionId; readonly recorder: string }) {
    this.#engine = engine;
    this.#markets = markets;
    this.#session = session;
  }

  /** @throws {SessionStoreError} SESSION_CLOSED when the session is no longer active, or why the database failed */
  async write(batch: Batch): Promise<void> {
    const marketIds = await this.#markets.of(batch.markets);
    await this.#engine.transact(
      async (run) => {
        const row = await lockSession(run, this.#session.id);
        if (row?.['status'] !== 'active') throw this.#over(row);
        await writeBatch(run, this.#session, batch, marketIds);
      },
      { doing: 'Writing records' },
    );
  }

  /** Writes the last batch and ends the session. @throws {SessionStoreError} as `write` */
  async end(batch: Batch | null, end: SessionEnd): Promise<SessionRow> {
    const marketIds = batch ? await this.#markets.of(batch.markets) : [];
    return this.#engine.transact(
      async (run) => {
        const row = await lockSession(run, this.#session.id);
        // The first try was committed after all, and only its answer was lost.
        if (row && isEndedAs(sessionRow(row), end)) return sessionRow(row);
        if (row?.['status'] !== 'active') throw this.#over(row);
        if (batch) await writeBatch(run, this.#session, batch, marketIds);
        return sessionRow(await endSession(run, this.#session.id, end));
      },
      { doing: 'Closing a session' },
    );
  }

  #over(row: Row | null): SessionStoreError {
    const found = row ? `is ${String(row['status'])} in the database` : 'is not in the database any more';
    return new SessionStoreError(
      'SESSION_CLOSED',
      `Session ${this.#session.id} ${found}, so nothing more can be written to it. Open a new one.`,
    );
  }
}

const isEndedAs = (row: SessionRow, end: SessionEnd) =>
  row.status === end.status && row.endReason === end.reason && row.endedAtMs === end.endedAtMs;
