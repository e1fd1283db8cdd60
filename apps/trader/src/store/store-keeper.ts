// The database's side of the trader: opens the store and its sessions, ends them, and says what came of it. An answer may
// come long after nobody waits for it any more; what it brought is then let go here, so that nothing is left open.
import {
  SessionStoreError,
  type RecordingSession,
  type SessionId,
  type SessionRow,
  type SessionStore,
} from '@trader/session-store';
import type { CoordinatorFact, SessionEnd } from '../coordinator/step.ts';
import { messageOf, sentences } from '../errors.ts';
import type { EventLog } from '../event-log.ts';
import type { Log } from '../log/log.ts';
import { countsText } from '../log/counts-text.ts';
import { atMost } from '../runtime/at-most.ts';
import { systemRuntime } from '../runtime/system-runtime.ts';
import type { RecorderLifetime } from './recorder-lifetime.ts';
import { SessionEnds } from './session-ends.ts';

/** Longest that a session waits for what its recorder recorded before. */
const LIFETIME_PATIENCE_MS = 1_000;

export type StoreKeeperOptions = {
  readonly open: () => Promise<SessionStore>;
  readonly recorder: string;
  /** Longest wait for a session's last records. */
  readonly closeTimeoutMs: number;
  readonly lifetime: RecorderLifetime;
  readonly log: Log;
  readonly events: EventLog;
  readonly tell: (fact: CoordinatorFact) => void;
};

type WantedSession = {
  readonly continues: string | null;
  /** When its first record arrived; `null` if none has. */
  readonly startedAtMs: number | null;
  /** No session without its row is wanted. */
  readonly isTakeover: boolean;
};

type Opened = { readonly session: RecordingSession; readonly continues: string | null };

export class StoreKeeper {
  readonly #options: StoreKeeperOptions;
  readonly #opened = new Map<string, Opened>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #tried = Promise.withResolvers<void>();
  /** Tries to open the store that are under way. */
  #opening = 0;
  #store: SessionStore | null = null;
  #closed = false;
  #failure: unknown;
  #lastSession: SessionRow | null = null;
  /** The session that was taken last, and what it continues. */
  #taken: Opened | null = null;
  readonly #ends: SessionEnds;

  constructor(options: StoreKeeperOptions) {
    this.#options = options;
    this.#ends = new SessionEnds((row) => this.#tellEnd(row));
    // Nobody may be waiting for it.
    this.#tried.promise.catch(() => undefined);
  }

  /** `null` until it is open. */
  get store(): SessionStore | null {
    return this.#store;
  }

  /** The session that ended last. */
  get lastSession(): SessionRow | null {
    return this.#lastSession;
  }

  /** What a session continues that was taken, and is still there. */
  continuedBy({ id }: RecordingSession): SessionId | null {
    return this.#taken?.session.id === id ? this.#taken.continues : null;
  }

  /** Why the store cannot be opened before somebody changes something; `undefined` otherwise. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Resolves once the store is open or was found to be away for now, or is not wanted any more; rejects with the `failure`
   * that ends the trader.
   */
  get tried(): Promise<void> {
    return this.#tried.promise;
  }

  /** Tells `store-opened` or `store-refused`. */
  openStore(attempt: number): void {
    this.#follow(this.#openStore(attempt));
  }

  /** Tells `session-opened`, `recorder-busy` or `session-refused`. */
  openSession(attempt: number, wanted: WantedSession): void {
    this.#follow(this.#openSession(attempt, wanted));
  }

  /** The session of a `session-opened`, once. */
  take(sessionId: string): RecordingSession {
    const opened = this.#opened.get(sessionId)!;
    const { session, continues } = opened;
    this.#taken = opened;
    this.#opened.delete(sessionId);
    const { recorder } = session;
    this.#options.events.add({ type: 'session-opened', sessionId, recorder, continues, atMs: systemRuntime.nowMs() });
    return session;
  }

  /** Tells `session-ended`, whether its end could be written or not. */
  endSession(session: RecordingSession, end: SessionEnd): void {
    const ending = async (): Promise<void> => {
      await this.close(session, end).catch((error: unknown) =>
        this.#options.log.error({ endedSession: session.id }, messageOf(error)),
      );
      this.#options.tell({ type: 'session-ended', sessionId: session.id });
    };
    this.#follow(ending());
  }

  /** Ends a session of a `session-opened` that came too late. */
  discard(sessionId: string): void {
    const session = this.#opened.get(sessionId)?.session;
    this.#opened.delete(sessionId);
    if (!session) return;
    const end = { status: 'closed', reason: 'nobody waited for it any more' } as const;
    this.#follow(
      this.close(session, end).catch((error: unknown) =>
        this.#options.log.error({ endedSession: sessionId }, messageOf(error)),
      ),
    );
  }

  /** @throws {SessionStoreError} when its end could not be written */
  async close(session: RecordingSession, end: SessionEnd, timeoutMs = this.#options.closeTimeoutMs): Promise<void> {
    this.#options.lifetime.add(session.counters());
    try {
      const row = await session.close({ ...end, timeoutMs });
      this.#lastSession = row;
      this.#tellEnd(row);
    } catch (error) {
      // It was, or will be, by whoever has it now.
      if (!this.#closed) this.#ends.lookFor(session.id, this.#store!);
      throw error;
    }
  }

  #tellEnd(row: SessionRow): void {
    const { events, log } = this.#options;
    events.add({ type: 'session-ended', session: row, atMs: systemRuntime.nowMs() });
    const { id, status, endReason } = row;
    const isFailure = status !== 'closed';
    log[isFailure ? 'warn' : 'info'](
      { endedSession: id, ended: row },
      `session ${id} ended as ${status} (${endReason}): ${countsText(row)}`,
    );
  }

  /** The store has brought in what its spool had of a session. */
  completed(session: SessionId): void {
    this.#ends.completed(session);
  }

  /** Whoever waits for the store waits no longer: the trader ends. */
  stopTrying(): void {
    if (this.#failure === undefined) this.#tried.resolve();
    else this.#tried.reject(this.#failure);
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Closes the store, and any that is still being opened as soon as it is. */
  async closeStore(): Promise<void> {
    this.#closed = true;
    this.#ends.stop();
    await this.#store?.close();
  }

  async #openStore(attempt: number): Promise<void> {
    const { open, tell, log } = this.#options;
    this.#opening++;
    try {
      const store = await open().finally(() => this.#opening--);
      // An earlier try may have come through after all; one is enough.
      if (this.#closed || this.#store) return await store.close();
      this.#store = store;
      this.#failure = undefined;
    } catch (error) {
      // Overtaken by a try that came through: it stands for nothing any more.
      if (this.#store) return log.warn({ attempt }, messageOf(error));
      const { code, fatal } = judge(error, this.#opening === 0);
      if (fatal) this.#failure = error;
      const reason = messageOf(error);
      if (!fatal) log.error({ code, attempt }, sentences(reason, 'It is tried again'));
      tell({ type: 'store-refused', attempt, code, reason, fatal });
      // A fatal one is told to who waits when the trader ends of it.
      return fatal ? undefined : this.#tried.resolve();
    }
    tell({ type: 'store-opened' });
    this.#tried.resolve();
  }

  async #openSession(attempt: number, wanted: WantedSession): Promise<void> {
    const { recorder, lifetime, tell, log } = this.#options;
    const { continues, startedAtMs, isTakeover } = wanted;
    let session: RecordingSession;
    try {
      session = await this.#store!.openSession({
        recorder,
        whenAway: isTakeover ? 'refuse' : 'begin',
        ...(continues !== null && { continues }),
        ...(startedAtMs !== null && { startedAtMs }),
      });
    } catch (error) {
      const holder = SessionStoreError.isInstance(error) ? error.holder : undefined;
      if (holder) return tell({ type: 'recorder-busy', attempt, holder });
      const { code } = judge(error);
      // The database was put back to before it began: what is not there cannot be continued.
      if (code === 'SESSION_UNKNOWN' && continues !== null) {
        return this.#openSession(attempt, { ...wanted, continues: null });
      }
      const reason = messageOf(error);
      log.error({ code, attempt }, `A session could not be opened; it is tried again: ${reason}`);
      return tell({ type: 'session-refused', attempt, code, reason });
    }
    this.#opened.set(session.id, { session, continues: session.predecessor?.id ?? continues });
    await atMost(LIFETIME_PATIENCE_MS, lifetime.read(this.#store!, session.id));
    tell({ type: 'session-opened', attempt, sessionId: session.id });
  }

  #follow(work: Promise<void>): void {
    const followed = work
      .catch((error: unknown) => this.#options.log.error({ code: 'UNEXPECTED' }, messageOf(error)))
      .finally(() => this.#underWay.delete(followed));
    this.#underWay.add(followed);
  }
}

/**
 * A database that is away may come back by itself; a wrong setting or a folder that somebody else uses will not.
 *
 * @param isAlone no other try is under way: on a slow machine an earlier one of ours may be what has the folder
 */
function judge(error: unknown, isAlone = true): { readonly code: string; readonly fatal: boolean } {
  const cause = error instanceof Error && SessionStoreError.isInstance(error.cause) ? error.cause : error;
  if (!SessionStoreError.isInstance(cause)) return { code: 'UNEXPECTED', fatal: true };
  return { code: cause.code, fatal: !cause.retryable || (cause.code === 'DATA_DIR_LOCKED' && isAlone) };
}
