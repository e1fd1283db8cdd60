// What the trader is doing and how it is, as Prometheus sees it.
import type { ComponentStatus, OverallStatus } from '@trader/health';
import type { Refusal } from '../../coordinator/state.ts';
import type { CoordinatorState } from '../../coordinator/step.ts';
import type { TraderView } from '../../status.ts';
import { keysOf, type MetricRegistry, type Sample } from './metric-registry.ts';
import type { StateTimes } from './state-times.ts';
import { versions } from '../../versions.ts';

export type StateView = TraderView & { readonly times: StateTimes };

/** Every state is named, also those that are never seen: an alert on a sample that is missing never fires. */
const STATES = keysOf<CoordinatorState['phase']>({
  startup: 0,
  initializing: 0,
  orderbook_connect: 0,
  ready: 0,
  standby: 0,
  error: 0,
  shutdown: 0,
});
const OVERALL = keysOf<OverallStatus>({ starting: 0, healthy: 0, degraded: 0, unhealthy: 0, draining: 0 });
const COMPONENT = keysOf<ComponentStatus>({ unknown: 0, healthy: 0, degraded: 0, unhealthy: 0 });
const REFUSED = keysOf<Refusal['what']>({ store: 0, session: 0 });

export function defineStateMetrics(registry: MetricRegistry<StateView>): void {
  registry.gaugeBy('trader_build_info', 'What is running; always 1.', ['version', 'node_version'], () => [
    { labels: { version: versions.trader, node_version: versions.node }, number: 1 },
  ]);
  registry.gauge('trader_uptime_seconds', 'Since the trader was made.', ({ uptimeMs }) => uptimeMs / 1_000);
  defineCoordinator(registry);
  defineHealth(registry);
}

function defineCoordinator(registry: MetricRegistry<StateView>): void {
  registry.gauge('trader_ready', '1 if the trader is ready, else 0.', ({ coordinator }) =>
    coordinator.phase === 'ready' ? 1 : 0,
  );
  registry.gauge('trader_standby', '1 while another process records in its place, else 0.', ({ coordinator }) =>
    coordinator.phase === 'standby' ? 1 : 0,
  );
  registry.counter(
    'trader_forbidden_transitions_total',
    'Transitions that the table of states does not have: each is a mistake of ours, and was not taken.',
    ({ coordinator }) => coordinator.forbidden,
  );
  registry.stateSet(
    'trader_state',
    'State of the coordinator: 1 for the present one.',
    'state',
    STATES,
    ({ coordinator }) => coordinator.phase,
  );
  registry.gauge(
    'trader_wait_overdue',
    "Time limits that passed since it became somebody else's turn; 0 when nothing is late.",
    ({ coordinator }) => coordinator.wait?.overdue ?? 0,
  );
  registry.gaugeBy(
    'trader_refused_in_a_row',
    'Times in a row that the store, or a session in it, was refused, and is asked for again; 0 once it is there.',
    ['what'],
    ({ coordinator: { refusal } }) =>
      REFUSED.map((what): Sample => ({ labels: { what }, number: refusal?.what === what ? refusal.count : 0 })),
  );
  registry.counterBy('trader_state_seconds_total', 'Time spent in each state.', 'state', ({ times }) =>
    STATES.map((state) => [state, times.spentMs(state) / 1_000] as const),
  );
  registry.counterBy('trader_state_entered_total', 'Times that each state was entered.', 'state', ({ times }) =>
    STATES.map((state) => [state, times.entered(state)] as const),
  );
}

function defineHealth(registry: MetricRegistry<StateView>): void {
  registry.stateSet(
    'trader_health',
    'Health of the whole: 1 for the present status.',
    'status',
    OVERALL,
    ({ health }) => health.status,
  );
  registry.gaugeBy(
    'trader_component_health',
    'Health of each component: 1 for the present status.',
    ['component', 'status'],
    ({ health }) =>
      Object.entries(health.components).flatMap(([component, { status: present }]) =>
        COMPONENT.map((status): Sample => ({ labels: { component, status }, number: status === present ? 1 : 0 })),
      ),
  );
  registry.counterBy(
    'trader_component_health_transitions_total',
    'Changes of health of each component.',
    'component',
    ({ health }) => Object.entries(health.components).map(([name, { transitions }]) => [name, transitions] as const),
  );
}
