export { createHealthTracker, type HealthTracker } from './tracker.ts';
export type { ComponentOptions, HealthStateOptions, HealthTrackerOptions, HoldDownOptions } from './options.ts';
export type {
  Cause,
  ComponentTransition,
  HealthEvents,
  ListenerFailed,
  Observation,
  OverallTransition,
  Transition,
  TransitionListener,
} from './events.ts';
export type { ComponentStatus, ObservedStatus, OverallStatus } from './status.ts';
export { snapshotOf, type ComponentSnapshot, type HealthSnapshot } from './snapshot.ts';
export type { Availability } from './core/tally.ts';
export { initialState, type HealthCounters, type HealthState } from './core/state.ts';
export { step, type HealthInput } from './core/step.ts';
export { HealthError, type HealthErrorCode } from './errors.ts';
export { createRateLimiter, type RateLimiter } from './rate-limiter.ts';
export type { HealthRuntime } from './runtime.ts';
