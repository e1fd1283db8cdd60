// What the trader is doing, how it is, and what it records, as Prometheus sees it.
import type { ComponentStatus, OverallStatus } from '@trader/health';
import type { SessionCounters, SessionStatus } from '@trader/session-store';
import type { CoordinatorState } from '../core/coordinator.ts';
import type { TraderView } from '../status.ts';
import type { MetricRegistry, Sample } from './metric-registry.ts';
import type { SessionCounts } from './session-counts.ts';
import type { StateTimes } from './state-times.ts';
import { versions } from './versions.ts';

export type StateView = TraderView & {
  readonly times: StateTimes;
  readonly sessionCounts: SessionCounts | null;
  readonly sessionCountFailures: number;
};

/** Every state is named, also those that are never seen: an alert on a sample that is missing never fires. */
const STATES = keysOf<CoordinatorState['phase']>({
  startup: 0,
  initializing: 0,
  orderbook_connect: 0,
  ready: 0,
  error: 0,
  shutdown: 0,
});
const OVERALL = keysOf<OverallStatus>({ starting: 0, healthy: 0, degraded: 0, unhealthy: 0, draining: 0 });
const COMPONENT = keysOf<ComponentStatus>({ unknown: 0, healthy: 0, degraded: 0, unhealthy: 0 });
const SESSION = keysOf<SessionStatus>({ active: 0, closed: 0, health_failure: 0, reclaimed: 0, error: 0 });
const SESSION_RECORDS = keysOf<keyof SessionCounters>({
  messages: 0,
  snapshots: 0,
  deltas: 0,
  trades: 0,
  raw: 0,
  gaps: 0,
  shed: 0,
});

function keysOf<Key extends string>(each: Record<Key, 0>): readonly Key[] {
  return Object.keys(each) as Key[];
}

export function defineStateMetrics(registry: MetricRegistry<StateView>): void {
  registry.gaugeBy('trader_build_info', 'What is running; always 1.', ['version', 'node_version'], () => [
    { labels: { version: versions.trader, node_version: versions.node }, number: 1 },
  ]);
  registry.gauge('trader_uptime_seconds', 'Since the trader was made.', ({ uptimeMs }) => uptimeMs / 1_000);
  defineCoordinator(registry);
  defineHealth(registry);
  defineRecording(registry);
}

function defineCoordinator(registry: MetricRegistry<StateView>): void {
  registry.gauge('trader_ready', '1 if the trader is ready, else 0.', ({ coordinator }) =>
    coordinator.phase === 'ready' ? 1 : 0,
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

function defineRecording(registry: MetricRegistry<StateView>): void {
  registry.stateSet(
    'trader_store_state',
    'Whether what is recorded reaches the database: 1 for the present state.',
    'state',
    ['closed', 'writing', 'failing'],
    ({ store }) => store?.state ?? 'closed',
  );
  registry.gaugeBy('trader_sessions', 'Sessions in the database, by status.', ['status'], ({ sessionCounts }) =>
    sessionCounts ? SESSION.map((status) => ({ labels: { status }, number: sessionCounts.get(status) ?? 0 })) : [],
  );
  registry.counter(
    'trader_session_count_failures_total',
    'Times that the database did not say how many sessions there are.',
    ({ sessionCountFailures }) => sessionCountFailures,
  );
  registry.gaugeBy('trader_session_records', 'Records of the open session, by kind.', ['kind'], ({ session }) => {
    const counters = session?.counters();
    return counters ? SESSION_RECORDS.map((kind) => ({ labels: { kind }, number: counters[kind] })) : [];
  });
  registry.gauge(
    'trader_recorder_waiting_records',
    'Records that wait in memory for a session to be opened.',
    ({ recorder }) => recorder?.waiting ?? 0,
  );
  registry.counter(
    'trader_recorder_unrecorded_total',
    'Records that no session took.',
    ({ recorder }) => recorder?.unrecorded ?? 0,
  );
  registry.counter(
    'trader_recorder_pauses_total',
    'Times that reading the feed paused because the store was behind.',
    ({ recorder }) => recorder?.pauses ?? 0,
  );
}
