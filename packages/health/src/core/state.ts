import { resolveComponents, resolveNumbers, type HealthStateOptions } from '../options.ts';
import { bySeverity, type OverallStatus } from '../status.ts';
import { componentDeadlineMs, earliestAfter, startComponent } from './component.ts';
import { mapValues } from './map-values.ts';
import type { Components, OverallState } from './overall.ts';
import { startTally } from './tally.ts';

/** All that the tracker knows. Plain and immutable: it can be kept, compared and stepped again. */
export interface HealthState extends HealthCounters {
  /** When the startup grace is over. */
  readonly graceEndMs: number;
  /** What availability looks back over. */
  readonly windowMs: number;
  /** The time of the latest step; it never goes back. */
  readonly nowMs: number;
  readonly components: Components;
  readonly overall: OverallState;
}

/** What was not taken or told as it came. */
export interface HealthCounters {
  /** Inputs dated before an earlier one; they count as if they had come with it. */
  readonly backdatedInputs: number;
  /** Failures not reported when they began, because another component's failure explained them. */
  readonly explainedFailures: number;
}

/**
 * The state before the first step.
 *
 * @param startedAtMs from when the startup grace counts, in monotonic ms
 * @throws {TypeError | RangeError} wrong options, with the value
 */
export function initialState(options: HealthStateOptions, startedAtMs: number): HealthState {
  const { startupGraceMs, availabilityWindowMs: windowMs } = resolveNumbers(options, {
    startupGraceMs: [30_000],
    availabilityWindowMs: [3_600_000, 1],
  });
  const graceEndMs = startedAtMs + startupGraceMs;
  return {
    graceEndMs,
    windowMs,
    nowMs: startedAtMs,
    components: mapValues(resolveComponents(options.components), (rules, name) =>
      startComponent(name, { ...rules, graceEndMs }, startedAtMs),
    ),
    overall: {
      status: 'starting',
      ready: false,
      live: true,
      sinceMs: startedAtMs,
      tally: startTally<OverallStatus>(['starting', ...bySeverity, 'draining'], startedAtMs),
    },
    backdatedInputs: 0,
    explainedFailures: 0,
  };
}

/** When `step` has something to do although nothing is observed; `Infinity`: never. */
export const nextDeadlineMs = ({ components, overall, nowMs, graceEndMs }: HealthState): number =>
  Math.min(
    // Without any grace its end is already past at the start, and the whole has still to stop starting.
    overall.status === 'starting' ? graceEndMs : earliestAfter(nowMs, graceEndMs),
    ...Object.values(components).map((component) => componentDeadlineMs(component, nowMs)),
  );
