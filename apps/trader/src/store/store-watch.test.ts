import { SessionStoreError, type StoreStatus } from '@trader/session-store';
import { expect, test } from 'vitest';
import { createLog } from '../log/log.ts';
import { StoreWatch } from './store-watch.ts';

function failing(...codes: ('SPOOL_FULL' | 'DATABASE_UNREACHABLE')[]): StoreStatus {
  const failures = codes.map((code) => ({
    source: code === 'SPOOL_FULL' ? ('spool' as const) : ('database' as const),
    error: new SessionStoreError(code, 'no'),
    sinceMs: 5,
  }));
  const { error, sinceMs } = failures[0]!;
  return { state: 'failing', error, sinceMs, failures };
}
const write = { records: 10, bytes: 400, lastRecordAtMs: 7, elapsedMs: 3 };

function watching() {
  const told: string[] = [];
  const watch = new StoreWatch({
    log: createLog('silent'),
    onChange: (failures) => void told.push(failures.map(({ code }) => code).join(' and ') || 'nothing'),
    onWrite: ({ records }) => void told.push(`${records} written`),
  });
  return { told, watch };
}

test('a store that is open and says nothing is writing', () => {
  const { told, watch } = watching();
  expect(watch.view().state).toBe('closed');
  watch.opened();
  expect(watch.view()).toMatchObject({ state: 'writing', failures: [] });
  expect(told).toEqual(['nothing']);
});

test('all that fails is told, and what is written', () => {
  const { told, watch } = watching();
  watch.take({ type: 'status', status: failing('SPOOL_FULL', 'DATABASE_UNREACHABLE') });
  expect(watch.view()).toMatchObject({ state: 'failing', failures: [{ part: 'spool' }, { part: 'database' }] });
  watch.take({ type: 'write', write });
  watch.take({ type: 'status', status: { state: 'writing' } });
  expect(told).toEqual(['SPOOL_FULL and DATABASE_UNREACHABLE', '10 written', 'nothing']);
});

test('what was written, brought in, set aside and not done is counted', () => {
  const { watch } = watching();
  const recovery = {
    session: 's',
    outcome: 'set-aside',
    written: 4,
    setAside: 7,
    file: 'f.ndjson',
    reason: 'no',
  } as const;
  const error = new SessionStoreError('QUERY_TIMEOUT', 'slow');
  watch.take({ type: 'write', write });
  watch.take({ type: 'write', write });
  watch.take({ type: 'recovery', recovery });
  watch.take({ type: 'maintenance-failure', failure: { job: 'compacting', error, failures: 1 } });
  expect(watch.view().written).toEqual({
    batches: 2,
    records: 20,
    bytes: 800,
    recovered: 4,
    setAside: 7,
    maintenanceFailures: 1,
  });
});
