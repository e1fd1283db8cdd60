import type { Cause, Observation } from './events.ts';
import type { ComponentStatus, OverallStatus } from './status.ts';
import { componentDeadlineMs } from './core/component.ts';
import { mapValues } from './core/map-values.ts';
import { causesOf, explanation, outline } from './core/overall.ts';
import { nextDeadlineMs, type HealthCounters, type HealthState } from './core/state.ts';
import { tallyAt, type Availability } from './core/tally.ts';

/** One component, as a probe or a status page shows it. All times are monotonic ms. */
export interface ComponentSnapshot<Name extends string = string> extends Cause<Name> {
  /** The latest observation, whether or not it has changed the status; `null` before the first. */
  readonly observation: Observation | null;
  /** The component whose failure explains this one's. */
  readonly explainedBy: Name | null;
  /** When the status changes if nothing more is observed. */
  readonly nextDeadlineMs: number | null;
  /** Until when the hold-down of its latest failure keeps it from getting better. */
  readonly heldUntilMs: number;
  /** How many failures in a row the hold-down counts. */
  readonly flaps: number;
  /** Changes of status since the start, those included that were not reported because another one explained them. */
  readonly transitions: number;
  readonly timeInMs: Readonly<Record<ComponentStatus, number>>;
  /** The share of the window in which it was `healthy`. */
  readonly availability: Availability;
}

/** Everything the tracker can say. Plain data, fit for JSON. */
export interface HealthSnapshot<Name extends string = string> {
  /** Until when durations are counted. */
  readonly atMs: number;
  readonly status: OverallStatus;
  readonly ready: boolean;
  readonly live: boolean;
  /** Since when status, readiness and liveness are what they are. */
  readonly sinceMs: number;
  /** Why the whole is not healthy; empty when it is. */
  readonly causes: readonly Cause<Name>[];
  /** When `tick` is due next if nothing is observed before; `null`: never. */
  readonly nextDeadlineMs: number | null;
  readonly components: Readonly<Record<Name, ComponentSnapshot<Name>>>;
  readonly transitions: number;
  readonly timeInMs: Readonly<Record<OverallStatus, number>>;
  /** The share of the window in which the whole was ready. */
  readonly availability: Availability;
  readonly counters: HealthCounters & {
    /** Transitions that no longer fit into the history. */
    readonly historyDropped: number;
    /** Times that a listener threw. */
    readonly listenerFailures: number;
  };
}

/** The part of a snapshot that follows from the state alone; durations count until `nowMs`. */
export function snapshotOf(state: HealthState, nowMs: number = state.nowMs): Omit<HealthSnapshot, 'counters'> {
  const { components, windowMs } = state;
  const { tally, ...overall } = state.overall;
  return {
    atMs: nowMs,
    ...overall,
    causes: causesOf(components, state.nowMs),
    nextDeadlineMs: orNull(nextDeadlineMs(state)),
    components: mapValues(components, (component): ComponentSnapshot => {
      const { observation, heldUntilMs, flaps, tally } = component;
      return {
        ...outline(component),
        observation,
        heldUntilMs,
        flaps,
        explainedBy: explanation(components, component),
        nextDeadlineMs: orNull(componentDeadlineMs(component, state.nowMs)),
        ...tallyAt(tally, nowMs, windowMs),
      };
    }),
    ...tallyAt(tally, nowMs, windowMs),
  };
}

const orNull = (ms: number): number | null => (ms < Infinity ? ms : null);
