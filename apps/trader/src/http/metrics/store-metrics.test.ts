import { expect, test } from 'vitest';
import type { TraderView } from '../../status.ts';
import type { StoreView } from '../../store/store-watch.ts';
import { MetricRegistry } from './metric-registry.ts';
import { defineStoreMetrics } from './store-metrics.ts';

const written = { batches: 2, records: 30, bytes: 4_000, recovered: 5, setAside: 6, maintenanceFailures: 7 };
const closed: StoreView = { state: 'closed', failures: [], lastRecordAtMs: null, written };

type View = Pick<TraderView, 'store' | 'backlog' | 'leaseLeftMs' | 'diskFreeBytes'>;
const unknown = { leaseLeftMs: null, diskFreeBytes: null };

function metrics() {
  const registry = new MetricRegistry<View>();
  const wrote = defineStoreMetrics(registry);
  return {
    wrote,
    samples: async (view: View) => {
      const text = await registry.text(view);
      return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    },
  };
}

test('the spool’s depth and the queue’s are told in records and in bytes', async () => {
  const backlog = {
    queuedRecords: 1,
    queuedBytes: 2,
    spooledRecords: 3,
    spooledBytes: 4,
    spoolLimitBytes: 5,
    oldestAtMs: null,
    oldestAgeMs: null,
  };
  expect(await metrics().samples({ store: closed, backlog, leaseLeftMs: -2_500, diskFreeBytes: 6 })).toEqual(
    expect.arrayContaining([
      'trader_store_queued_records 1',
      'trader_store_queued_bytes 2',
      'trader_spool_records 3',
      'trader_spool_bytes 4',
      'trader_spool_limit_bytes 5',
      'trader_session_lease_left_seconds -2.5',
      'trader_disk_free_bytes 6',
    ]),
  );
});

test('the age of the latest record that the database has is told once there is one', async () => {
  const ages = async (lastRecordAtMs: number | null) =>
    (await metrics().samples({ store: { ...closed, lastRecordAtMs }, backlog: null, ...unknown })).filter((line) =>
      line.startsWith('trader_store_last_record_age_seconds'),
    );
  expect(await ages(null)).toEqual([]);
  expect(Number((await ages(Date.now() - 60_000))[0]?.split(' ')[1])).toBeGreaterThanOrEqual(60);
});

test('without a spool nothing is said of its depth, as 0 would say that it is empty', async () => {
  const backlog = {
    queuedRecords: 1,
    queuedBytes: 2,
    spooledRecords: null,
    spooledBytes: null,
    spoolLimitBytes: null,
    oldestAtMs: null,
    oldestAgeMs: null,
  };
  const samples = await metrics().samples({ store: closed, backlog, ...unknown });
  expect(samples.filter((line) => line.startsWith('trader_spool_'))).toEqual([]);
});

test('each part that fails is named', async () => {
  const failures = [
    { part: 'spool', code: 'SPOOL_FULL', sinceMs: 0 },
    { part: 'database', code: 'DATABASE_UNREACHABLE', sinceMs: 0 },
  ] as const;
  const of = async (view: StoreView) =>
    (await metrics().samples({ store: view, backlog: null, ...unknown })).filter((line) =>
      line.startsWith('trader_store_failing'),
    );
  const samples = (spool: number, database: number) => [
    `trader_store_failing{part="spool"} ${spool}`,
    `trader_store_failing{part="database"} ${database}`,
  ];
  expect(await of(closed)).toEqual(samples(0, 0));
  expect(await of({ ...closed, state: 'failing', failures })).toEqual(samples(1, 1));
});

test('a batch is counted with its time in seconds, and what was written in all', async () => {
  const { wrote, samples } = metrics();
  for (const elapsedMs of [20, 2_000]) wrote({ records: 1, bytes: 1, lastRecordAtMs: null, elapsedMs });
  expect(await samples({ store: closed, backlog: null, ...unknown })).toEqual(
    expect.arrayContaining([
      'trader_store_write_seconds_bucket{le="0.01"} 0',
      'trader_store_write_seconds_bucket{le="0.025"} 1',
      'trader_store_write_seconds_bucket{le="2.5"} 2',
      'trader_store_write_seconds_count 2',
      'trader_store_written_records_total 30',
      'trader_store_written_bytes_total 4000',
      'trader_store_recovered_records_total 5',
      'trader_store_set_aside_records_total 6',
      'trader_store_maintenance_failures_total 7',
    ]),
  );
});
