// Sessions whose end this process could not write, or that somebody else ended: they are looked for until the database has their end.
import type { SessionId, SessionRow, SessionStore } from '@trader/session-store';
import { repeatEvery } from '../runtime/set-timer.ts';

const LOOK_EVERY_MS = 1_000;
/**
 * Looks at a database that answers until what it says is taken for the end: that it does not have the session, as it was put back to
 * before it began; or that it is `reclaimed`, which it also is while the store brings in what its spool has of it, end included.
 */
const MOST_LOOKS = 60;
/** Beyond that the oldest is looked for no more. */
const MOST_SESSIONS = 1_000;

type Looked = { looks: number; isComplete: boolean };

export class SessionEnds {
  readonly #onEnd: (row: SessionRow) => void;
  readonly #awaited = new Map<SessionId, Looked>();
  #stop: (() => void) | null = null;
  #isLooking = false;

  constructor(onEnd: (row: SessionRow) => void) {
    this.#onEnd = onEnd;
  }

  lookFor(session: SessionId, store: Pick<SessionStore, 'sessions'>): void {
    this.#awaited.set(session, { looks: 0, isComplete: false });
    if (this.#awaited.size > MOST_SESSIONS) this.#awaited.delete(this.#awaited.keys().next().value!);
    this.#stop ??= repeatEvery(LOOK_EVERY_MS, () => void this.#look(store));
  }

  /** The store has brought in what its spool had of the session: what the database says of it is its end. */
  completed(session: SessionId): void {
    const looked = this.#awaited.get(session);
    if (looked) looked.isComplete = true;
  }

  stop(): void {
    this.#stop?.();
    this.#stop = null;
  }

  async #look(store: Pick<SessionStore, 'sessions'>): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      for (const [id, looked] of this.#awaited) {
        const isLast = looked.isComplete || ++looked.looks > MOST_LOOKS;
        const [row] = await store.sessions({ id });
        const isEnd = row && row.status !== 'active' && (row.status !== 'reclaimed' || isLast);
        if (isEnd) this.#onEnd(row);
        if (isEnd || (!row && isLast)) this.#awaited.delete(id);
      }
    } catch {
      // The database is away, or closed. What fails is what the store's status says.
    } finally {
      this.#isLooking = false;
      if (this.#awaited.size === 0) this.stop();
    }
  }
}
