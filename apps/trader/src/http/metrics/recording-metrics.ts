// The sessions and what goes into them, as Prometheus sees it.
import type { SessionStatus } from '@trader/session-store';
import type { TraderView } from '../../status.ts';
import { counterNames } from '../../store/counter-names.ts';
import { keysOf, type MetricRegistry } from './metric-registry.ts';
import type { SessionCounts } from './session-counts.ts';

export type RecordingView = Pick<TraderView, 'session' | 'lifetime' | 'recorder'> & {
  readonly sessionCounts: SessionCounts | null;
  readonly sessionCountFailures: number;
};

const STATUSES = keysOf<SessionStatus>({ active: 0, closed: 0, health_failure: 0, reclaimed: 0, error: 0 });

export function defineRecordingMetrics(registry: MetricRegistry<RecordingView>): void {
  registry.gaugeBy('trader_sessions', 'Sessions in the database, by status.', ['status'], ({ sessionCounts }) =>
    sessionCounts ? STATUSES.map((status) => ({ labels: { status }, number: sessionCounts.get(status) ?? 0 })) : [],
  );
  registry.counter(
    'trader_session_count_failures_total',
    'Times that the database did not say how many sessions there are.',
    ({ sessionCountFailures }) => sessionCountFailures,
  );
  registry.gauge(
    'trader_session_open',
    '1 while there is a session, so that something is recorded, else 0.',
    ({ session }) => (session ? 1 : 0),
  );
  registry.gaugeBy('trader_session_records', 'Records of the open session, by kind.', ['kind'], ({ session }) => {
    const counters = session?.counters();
    return counters ? counterNames.map((kind) => ({ labels: { kind }, number: counters[kind] })) : [];
  });
  registry.counterBy(
    'trader_recorder_records_total',
    'Records of the recorder over all its sessions, by kind. No sample until the database has said.',
    'kind',
    ({ lifetime }) => (lifetime ? counterNames.map((kind) => [kind, lifetime[kind]] as const) : []),
  );
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
    'trader_recorder_let_go_total',
    'Records that were let go while another process recorded.',
    ({ recorder }) => recorder?.letGo ?? 0,
  );
  registry.counter(
    'trader_recorder_refused_total',
    'Records that can never be stored; each that had a number is a hole with a name.',
    ({ recorder }) => recorder?.refused ?? 0,
  );
  registry.counter(
    'trader_recorder_pauses_total',
    'Times that reading the feed paused: the store was behind, or too much waited for a session.',
    ({ recorder }) => recorder?.pauses ?? 0,
  );
  registry.gauge(
    'trader_feed_unread_seconds',
    'For how long the feed has not been read to its end; 0 while it is.',
    ({ recorder }) => (recorder?.unreadMs ?? 0) / 1_000,
  );
}
