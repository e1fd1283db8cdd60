import type { ComponentStatus, ObservedStatus, OverallStatus } from './status.ts';

/** What somebody found out about a component. */
export interface Observation {
  readonly status: ObservedStatus;
  /** Why, in words for a person; never empty. */
  readonly reason: string;
  /** When, in monotonic ms. */
  readonly atMs: number;
}

/** A component in one line; among the causes, one reason why the whole is not healthy. */
export interface Cause<Name extends string = string> {
  readonly component: Name;
  readonly status: ComponentStatus;
  readonly reason: string;
  readonly sinceMs: number;
  readonly critical: boolean;
}

/** A component's status changed. */
export interface ComponentTransition<Name extends string = string> {
  readonly type: 'transition';
  readonly scope: 'component';
  readonly component: Name;
  readonly critical: boolean;
  readonly from: ComponentStatus;
  readonly to: ObservedStatus;
  readonly reason: string;
  /** When it is reported. Later than `sinceMs` only for a failure that another component explained until now. */
  readonly atMs: number;
  /** When `to` began. */
  readonly sinceMs: number;
  /** How long `from` lasted. */
  readonly lastedMs: number;
}

/** The status of the whole, its readiness or its liveness changed; `from` equals `to` if only one of the latter did. */
export interface OverallTransition<Name extends string = string> {
  readonly type: 'transition';
  readonly scope: 'overall';
  readonly from: OverallStatus;
  readonly to: OverallStatus;
  /** Readiness from now on. */
  readonly ready: boolean;
  /** Liveness from now on. */
  readonly live: boolean;
  /** The causes in one line, for a log. */
  readonly reason: string;
  /** Every component that keeps the whole from being healthy, except those whose failure another one explains. */
  readonly causes: readonly Cause<Name>[];
  readonly atMs: number;
  readonly sinceMs: number;
  /** How long the previous state lasted. */
  readonly lastedMs: number;
}

export type Transition<Name extends string = string> = ComponentTransition<Name> | OverallTransition<Name>;

export type TransitionListener<Name extends string = string> = (transition: Transition<Name>) => void;

/** A listener threw. The other listeners got the event all the same. */
export interface ListenerFailed {
  readonly type: 'listener-failed';
  readonly error: unknown;
}

/** Everything a tracker emits, by name. */
export interface HealthEvents<Name extends string = string> {
  readonly transition: Transition<Name>;
  readonly 'listener-failed': ListenerFailed;
}
