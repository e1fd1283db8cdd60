// The whole as the fold of its components, and what keeps it from being healthy.
//
//   starting ── all critical components healthy, or the grace is over ──> healthy, degraded, unhealthy
//   any ── drain ──> draining, for ever
import type { Cause } from '../events.ts';
import { bySeverity, severityOf, type ObservedStatus, type OverallStatus } from '../status.ts';
import type { ComponentState } from './component.ts';
import type { Tally } from './tally.ts';

export interface OverallState {
  readonly status: OverallStatus;
  readonly ready: boolean;
  readonly live: boolean;
  /** Since when status, readiness and liveness are what they are. */
  readonly sinceMs: number;
  readonly tally: Tally<OverallStatus>;
}

export type Components = Readonly<Record<string, ComponentState>>;

/** Of a component of which nothing is known: it counts as failed once it has had the grace to say something. */
const severityAt = ({ status, rules }: ComponentState, nowMs: number): number =>
  status === 'unknown' && nowMs >= rules.graceEndMs ? 2 : severityOf(status);

/** Status and readiness that follow from the components while neither starting nor draining. */
export function foldComponents(components: Components, nowMs: number): { status: ObservedStatus; ready: boolean } {
  const all = Object.values(components);
  const severities = all.map((component) => Math.min(severityAt(component, nowMs), component.critical ? 2 : 1));
  return {
    status: bySeverity[Math.max(...severities)]!,
    ready: all.every(({ critical, status }) => !critical || status === 'healthy'),
  };
}

/**
 * The failing component that the failure of a component goes back to, if one that it depends on fails at least as
 * badly. A healthy component in between ends the search: it did not pass the failure on.
 */
export function explanation(components: Components, { status, rules }: ComponentState): string | null {
  const severity = severityOf(status);
  const parent = rules.dependsOn.find((name) => severity > 0 && severityOf(components[name]!.status) >= severity);
  return parent === undefined ? null : (explanation(components, components[parent]!) ?? parent);
}

/** What there is to say of a component in one line. */
export const outline = ({ component, critical, status, reason, sinceMs }: ComponentState): Cause => ({
  component,
  critical,
  status,
  reason,
  sinceMs,
});

/** In the order in which the components were declared. */
export const causesOf = (components: Components, nowMs: number): Cause[] =>
  Object.values(components)
    .filter(
      (component) =>
        (severityAt(component, nowMs) > 0 || (component.status === 'unknown' && component.critical)) &&
        explanation(components, component) === null,
    )
    .map(outline);
