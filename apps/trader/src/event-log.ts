// What happened lately, numbered, so that whoever joins late or was cut off can read on from where it was.
import type { ComponentStatus, OverallStatus } from '@trader/health';
import type { SessionCounters, SessionRow } from '@trader/session-store';
import { systemRuntime } from './runtime/system-runtime.ts';
import type { CoordinatorTransition } from './coordinator/step.ts';

/** With the time of the wall clock at which it came about, in ms since the Unix epoch, and what has been recorded by then. */
export type LoggedTransition = CoordinatorTransition & {
  readonly atMs: number;
  /** Of the session that is, or was until now, recorded into; `null` where there is none, or it cannot be read. */
  readonly counters: SessionCounters | null;
  /** Of the recorder, over all its sessions, this one's included; `null` until the database has said. */
  readonly lifetime: SessionCounters | null;
};

/** What the trader tells of itself. Times are ms since the Unix epoch. */
export type TraderEvent =
  | ({ readonly type: 'state' } & LoggedTransition)
  | {
      readonly type: 'session-opened';
      readonly sessionId: string;
      readonly recorder: string;
      readonly continues: string | null;
      readonly atMs: number;
    }
  | { readonly type: 'session-ended'; readonly session: SessionRow; readonly atMs: number }
  | {
      readonly type: 'health';
      /** A component's name; `null` for the whole. */
      readonly component: string | null;
      readonly from: ComponentStatus | OverallStatus;
      readonly to: ComponentStatus | OverallStatus;
      readonly reason: string;
      readonly atMs: number;
    };

/** An event with its place among all of this process: opaque, to be given back as `since`. */
export type LoggedEvent = TraderEvent & { readonly id: string };

export type Replay = {
  readonly events: readonly LoggedEvent[];
  /** Events after `since` that are no longer kept; `null` if `since` is of another process, and nobody knows. */
  readonly missed: number | null;
};

const EVENTS_KEPT = 200;

export class EventLog {
  /** Ids of another process must not look like ours. */
  readonly #run: string;
  readonly #kept: LoggedEvent[] = [];
  readonly #listeners = new Set<(event: LoggedEvent) => void>();
  #count = 0;
  /** Times that a listener threw. */
  listenerFailures = 0;

  constructor(run: string = systemRuntime.nowMs().toString(36)) {
    this.#run = run;
  }

  /** Appends the event and tells the listeners. The oldest is forgotten when there are more than 200. */
  add(event: TraderEvent): void {
    const logged = { ...event, id: `${this.#run}-${++this.#count}` };
    this.#kept.push(logged);
    if (this.#kept.length > EVENTS_KEPT) this.#kept.shift();
    for (const listener of this.#listeners) {
      try {
        listener(logged);
      } catch {
        // Whoever adds an event is not to pay for whoever hears of it.
        this.listenerFailures++;
      }
    }
  }

  /** @returns removes the listener */
  on(listener: (event: LoggedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * The events after the one with this id, oldest first; all that are kept for `null`.
   *
   * @returns `undefined` if no process gives such an id
   */
  since(id: string | null): Replay | undefined {
    const parsed = id === null ? ['', this.#run, '0'] : /^([0-9a-z]+)-([0-9]{1,15})$/.exec(id);
    if (!parsed) return undefined;
    const place = Number(parsed[2]);
    if (parsed[1] !== this.#run || place > this.#count) return { events: [...this.#kept], missed: null };
    const forgotten = this.#count - this.#kept.length;
    return { events: this.#kept.slice(Math.max(place - forgotten, 0)), missed: Math.max(forgotten - place, 0) };
  }
}
