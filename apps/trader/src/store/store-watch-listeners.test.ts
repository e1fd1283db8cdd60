import { SessionStoreError } from '@trader/session-store';
import { expect, test } from 'vitest';
import { createLog } from '../log/log.ts';
import { StoreWatch } from './store-watch.ts';

test('what throws at the news of the store keeps nobody else from it, and does not reach the store', () => {
  const lines: string[] = [];
  const fails = (): never => {
    throw new Error('not now');
  };
  const log = createLog('info', { destination: { write: (line) => void lines.push(line) } });
  const watch = new StoreWatch({ log, onChange: fails, onWrite: fails });
  watch.opened();
  watch.take({ type: 'write', write: { records: 1, bytes: 2, lastRecordAtMs: 7, elapsedMs: Number.NaN } });
  const error = new SessionStoreError('DATABASE_UNREACHABLE', 'away');
  const failures = [{ source: 'database', error, sinceMs: 0 }] as const;
  watch.take({ type: 'status', status: { state: 'failing', error, sinceMs: 0, failures } });
  expect(watch.view()).toMatchObject({ state: 'failing', written: { batches: 1, records: 1 } });
  expect(lines.filter((line) => line.includes('not now'))).toHaveLength(3);
});
