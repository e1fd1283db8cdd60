// What a recorder has recorded over all its sessions: what the database says of the others, and the open one's counters.
import type { SessionCounters, SessionId, SessionStore } from '@trader/session-store';
import { counterNames } from './counter-names.ts';

export class RecorderLifetime {
  readonly #recorder: string;
  /** Of all sessions but the open one; `null` until the database has said. */
  #others: SessionCounters | null = null;
  #reads = 0;

  constructor(recorder: string) {
    this.#recorder = recorder;
  }

  /** Committed or not; `null` until the database has said. @param open of the session that is open */
  counters(open: SessionCounters | null): SessionCounters | null {
    return this.#others && (open ? combined(this.#others, open, sum) : { ...this.#others });
  }

  /** A session takes no more records. */
  add(session: SessionCounters): void {
    this.#others &&= combined(this.#others, session, sum);
  }

  /**
   * Asks the database, which may have others' records since. It may also lack some of ours, which are in the spool still: no counter goes
   * back. Never rejects: why the database did not answer is what the store's own status says.
   */
  async read(store: Pick<SessionStore, 'query'>, open: SessionId | null): Promise<void> {
    const number = ++this.#reads;
    const of = (name: string) => `recorder.${name} - coalesce(session.${name}, 0) as ${name}`;
    const [row] = await store
      .query<SessionCounters>(
        `select ${counterNames.map(of).join(', ')}
         from recorders as recorder left join sessions as session on session.id = $2::uuid where recorder.name = $1`,
        [this.#recorder, open],
      )
      .catch(() => []);
    // A later one knows which session is open by now; this one may count its records twice.
    if (row && number === this.#reads) this.#others = this.#others ? combined(this.#others, row, Math.max) : row;
  }
}

const sum = (one: number, other: number): number => one + other;

const combined = (one: SessionCounters, other: SessionCounters, by: typeof sum): SessionCounters =>
  Object.fromEntries(counterNames.map((name) => [name, by(one[name], other[name])])) as unknown as SessionCounters;
