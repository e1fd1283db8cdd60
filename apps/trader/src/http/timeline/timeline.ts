// What happened when: states and health as this process saw them, sessions and holes as the database has them. Without the
// database the first two, and this process's own sessions, are told all the same.
import type { EventLog, LoggedEvent } from '../../event-log.ts';
import { systemRuntime, type Runtime } from '../../runtime/system-runtime.ts';
import { WallTimes } from '../../runtime/wall-times.ts';
import { Refused } from '../endpoint.ts';
import type { Questions } from '../questions.ts';
import { mergeSpans, type Span } from './merge-spans.ts';
import { SpanLog } from './span-log.ts';
import { storedSpans } from './stored-spans.ts';

/** Across the stretch that is asked for. */
const POINTS = 500;

export type TimelinePage = {
  /** Since then states and health are known. */
  readonly sinceMs: number;
  readonly spans: readonly Span[];
  /** Sessions of the stretch that are left out, the oldest, with their holes. */
  readonly sessionsLeftOut: number;
  /** Holes of those that are told which are too many, the oldest. */
  readonly holesLeftOut: number;
  /** Why sessions and holes are missing; `null`: they are there. */
  readonly databaseMissing: string | null;
};

export class Timeline {
  readonly #questions: Questions;
  readonly #runtime: Pick<Runtime, 'nowMs' | 'monotonicMs'>;
  readonly #times: WallTimes;
  readonly #log = new SpanLog();
  readonly #sinceMs: number;

  /** @param first the state from which the log's events go on */
  constructor(
    first: string,
    events: EventLog,
    questions: Questions,
    runtime: Pick<Runtime, 'nowMs' | 'monotonicMs'> = systemRuntime,
  ) {
    this.#questions = questions;
    this.#runtime = runtime;
    this.#times = new WallTimes(runtime);
    this.#sinceMs = runtime.monotonicMs();
    this.#log.turn('state', this.#sinceMs, { name: first, why: null, session: null });
    events.on((event) => this.#take(event));
  }

  /** @throws {Refused} TOO_MANY_REQUESTS */
  async read(stretch: { readonly fromMs: number; readonly toMs: number }): Promise<TimelinePage> {
    const stored = await this.#stored(stretch);
    const known = new Set(stored.sessions);
    const own = this.#log.spans
      .filter(({ session }) => session === null || !known.has(session))
      .map(({ fromMs, toMs, ...span }) => ({
        ...span,
        fromMs: this.#times.of(fromMs),
        toMs: toMs === null ? null : this.#times.of(toMs),
        count: 1,
      }));
    return {
      sinceMs: this.#times.of(this.#sinceMs),
      spans: mergeSpans([...own, ...stored.spans], stretch, POINTS),
      sessionsLeftOut: stored.sessionsLeftOut,
      holesLeftOut: stored.holesLeftOut,
      databaseMissing: stored.missing,
    };
  }

  async #stored(stretch: { readonly fromMs: number; readonly toMs: number }) {
    try {
      const stored = await this.#questions.ask('the timeline', async (store) => storedSpans(store, stretch, POINTS));
      return { ...stored, missing: null };
    } catch (error) {
      if (!(error instanceof Refused) || error.refusal.code !== 'STORE_UNAVAILABLE') throw error;
      return { spans: [], sessions: [], sessionsLeftOut: 0, holesLeftOut: 0, missing: error.refusal.message };
    }
  }

  #take(event: LoggedEvent): void {
    const atMs = this.#runtime.monotonicMs();
    switch (event.type) {
      case 'state':
        return this.#log.turn('state', atMs, { name: event.to, why: event.cause, session: null });
      case 'session-opened': {
        const why = `recorded by ${event.recorder}`;
        return this.#log.turn('session', atMs, { name: 'active', why, session: event.sessionId });
      }
      case 'session-ended':
        return this.#log.turn('session', atMs, null);
      case 'health': {
        const { component, to: name, reason: why } = event;
        if (component === null) return;
        return this.#log.turn(component, atMs, name === 'healthy' ? null : { name, why, session: null });
      }
    }
  }
}
