import { SessionStoreError } from '@trader/session-store';
import { expect, test } from 'vitest';
import type { Log } from '../log/log.ts';
import { reportMaintenanceFailure, reportRecovery } from './store-reports.ts';

function reported() {
  const lines: [level: string, text: string][] = [];
  const at = (level: string) => (_fields: object, text: string) => void lines.push([level, text]);
  const log = { info: at('info'), warn: at('warn'), error: at('error') } as unknown as Log;
  return { lines, log };
}

test('records that the database does not take are an error that names their file', () => {
  const { lines, log } = reported();
  reportRecovery(log, { session: 's', outcome: 'set-aside', written: 0, setAside: 7, file: 'f.ndjson', reason: 'no' });
  expect(lines).toEqual([['error', '7 records of session s are not in the database; they are in f.ndjson']]);
});

test('a session that was completed from the spool is said', () => {
  const { lines, log } = reported();
  reportRecovery(log, { session: 's', outcome: 'recovered', written: 5, setAside: 0, file: null, reason: null });
  expect(lines).toEqual([['info', 'session s was completed from the spool: 5 records']]);
});

test('background work that fails is a warning with its reason', () => {
  const { lines, log } = reported();
  const error = new SessionStoreError('QUERY_TIMEOUT', 'too slow');
  reportMaintenanceFailure(log, { job: 'compacting', error, failures: 1 });
  expect(lines).toEqual([['warn', 'compacting failed: too slow']]);
});
