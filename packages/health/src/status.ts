/** What somebody can say of a component. */
export type ObservedStatus = 'healthy' | 'degraded' | 'unhealthy';

/** What the tracker says of a component: `unknown` until there is something to say, and never again after that. */
export type ComponentStatus = ObservedStatus | 'unknown';

/**
 * What the tracker says of the whole: `starting` at most until the startup grace is over, `draining` for ever once
 * `drain()` was called, and otherwise the fold of the components.
 */
export type OverallStatus = 'starting' | ObservedStatus | 'draining';

/** From best to worst; a status's place in this list is its severity. */
export const bySeverity = ['healthy', 'degraded', 'unhealthy'] as const satisfies readonly ObservedStatus[];

/** 0 healthy, 1 degraded, 2 unhealthy; `unknown` is no failure either, so 0. */
export const severityOf = (status: ComponentStatus): number =>
  Math.max(0, bySeverity.indexOf(status as ObservedStatus));
