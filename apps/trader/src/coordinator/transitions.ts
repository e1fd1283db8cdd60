// The latest changes of state: kept for `/status`, told to whoever listens, written to the log.
import type { CoordinatorTransition } from './step.ts';
import type { EventLog, LoggedTransition } from '../event-log.ts';
import { countsText } from '../log/counts-text.ts';
import type { Log } from '../log/log.ts';
import { systemRuntime } from '../runtime/system-runtime.ts';

const TRANSITIONS_KEPT = 50;

/** Of the session that is, or was until now, recorded into; and of its recorder. */
type Recorded = Pick<LoggedTransition, 'counters' | 'lifetime'>;

export class TransitionLog {
  readonly #events: EventLog;
  readonly #log: Log;
  readonly #recorded: () => Recorded;
  readonly #latest: LoggedTransition[] = [];

  constructor(events: EventLog, log: Log, recorded: () => Recorded) {
    this.#events = events;
    this.#log = log;
    this.#recorded = recorded;
  }

  /** Oldest first, at most 50. */
  get latest(): readonly LoggedTransition[] {
    return this.#latest;
  }

  add(transition: CoordinatorTransition): void {
    const recorded = this.#recorded();
    const logged = { ...transition, atMs: systemRuntime.nowMs(), ...recorded };
    this.#latest.push(logged);
    if (this.#latest.length > TRANSITIONS_KEPT) this.#latest.shift();
    this.#events.add({ type: 'state', ...logged });
    const { from, to, cause } = transition;
    const isLoss = from === 'ready' && to !== 'shutdown';
    const kept = to === 'ready' ? `; ${keptText(logged)}` : '';
    this.#log[isLoss ? 'warn' : 'info']({ state: to, from, cause }, `${from} → ${to}: ${cause}${kept}`);
  }
}

/** What there was before, and is still. */
function keptText(transition: LoggedTransition): string {
  const { kind, outageMs, sessionClosed, sessionOpened, counters, lifetime } = transition;
  const parts = [
    kind === 'recovery' && `after ${(outageMs ?? 0) / 1_000} s`,
    sessionOpened === null && counters && `its session goes on, with ${countsText(counters)}`,
    sessionOpened !== null && sessionClosed !== null && `session ${sessionOpened} follows ${sessionClosed}`,
    lifetime && `in all sessions ${countsText(lifetime)}`,
  ];
  return parts.filter((part) => typeof part === 'string').join('; ');
}
