// How far the database is behind, and how quickly it takes what is recorded, as Prometheus sees it.
import type { StoreWrite } from '@trader/session-store';
import type { StoreFailure } from '../../store/store-failures.ts';
import type { TraderView } from '../../status.ts';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import type { StoreView } from '../../store/store-watch.ts';
import { keysOf, type MetricRegistry } from './metric-registry.ts';

const STATES = keysOf<StoreView['state']>({ closed: 0, writing: 0, failing: 0 });
const PARTS = keysOf<StoreFailure['part']>({ spool: 0, database: 0 });

/** Up to a database that was away for minutes: pauses between tries are part of the time. */
const WRITE_BUCKETS_SECONDS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** @returns counts how long a batch took */
export function defineStoreMetrics(
  registry: MetricRegistry<Pick<TraderView, 'store' | 'backlog' | 'leaseLeftMs' | 'diskFreeBytes'>>,
): (write: StoreWrite) => void {
  registry.stateSet(
    'trader_store_state',
    'Whether what is recorded reaches the disk and the database: 1 for the present state.',
    'state',
    STATES,
    ({ store }) => store.state,
  );
  registry.gaugeBy('trader_store_failing', '1 for each part of the store that fails, else 0.', ['part'], ({ store }) =>
    PARTS.map((name) => ({ labels: { part: name }, number: store.failures.some(({ part }) => part === name) ? 1 : 0 })),
  );
  registry.gauge(
    'trader_store_queued_records',
    'Records in memory that neither the spool nor the database has.',
    ({ backlog }) => backlog?.queuedRecords ?? 0,
  );
  registry.gauge(
    'trader_store_queued_bytes',
    'Memory that they take, estimated.',
    ({ backlog }) => backlog?.queuedBytes ?? 0,
  );
  registry.gauge(
    'trader_spool_records',
    'Records in the spool that the database does not have yet; no sample without a spool.',
    ({ backlog }) => backlog?.spooledRecords ?? null,
  );
  registry.gauge(
    'trader_spool_bytes',
    'What they take on disk; no sample without a spool.',
    ({ backlog }) => backlog?.spooledBytes ?? null,
  );
  registry.gauge(
    'trader_spool_limit_bytes',
    'What it takes at most; no sample without a spool.',
    ({ backlog }) => backlog?.spoolLimitBytes ?? null,
  );
  registry.gauge(
    'trader_disk_free_bytes',
    'Left on the disk on which records wait, or are stored.',
    ({ diskFreeBytes }) => diskFreeBytes,
  );
  registry.gauge(
    'trader_session_lease_left_seconds',
    "For how long the session is surely this process's if the database answers no more; below 0 another may have ended it.",
    ({ leaseLeftMs }) => (leaseLeftMs === null ? null : leaseLeftMs / 1_000),
  );
  registry.gauge(
    'trader_store_last_record_age_seconds',
    'Since the latest record that the database has arrived.',
    ({ store: { lastRecordAtMs } }) =>
      lastRecordAtMs === null ? null : Math.max(0, systemRuntime.nowMs() - lastRecordAtMs) / 1_000,
  );
  defineTotals(registry);
  const seconds = registry.histogram(
    'trader_store_write_seconds',
    'From the first try to write a batch to its commit.',
    WRITE_BUCKETS_SECONDS,
  );
  return ({ elapsedMs }) => seconds.observe(elapsedMs / 1_000);
}

function defineTotals(registry: MetricRegistry<Pick<TraderView, 'store'>>): void {
  registry.counter(
    'trader_store_written_records_total',
    'Records that were committed.',
    ({ store }) => store.written.records,
  );
  registry.counter(
    'trader_store_written_bytes_total',
    'Memory that the committed records took, estimated.',
    ({ store }) => store.written.bytes,
  );
  registry.counter(
    'trader_store_recovered_records_total',
    'Records of earlier sessions that were brought in from the spool.',
    ({ store }) => store.written.recovered,
  );
  registry.counter(
    'trader_store_set_aside_records_total',
    'Records that the database does not take; they are in files of the spool.',
    ({ store }) => store.written.setAside,
  );
  registry.counter(
    'trader_store_maintenance_failures_total',
    'Times that a background job of the store failed.',
    ({ store }) => store.written.maintenanceFailures,
  );
}
