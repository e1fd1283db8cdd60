import { SessionStoreError } from '@trader/session-store';
import { expect, test } from 'vitest';
import { storeToHealth } from './store-to-health.ts';

const failing = (code: 'SPOOL_FULL' | 'DATABASE_UNREACHABLE') =>
  storeToHealth({ state: 'failing', error: new SessionStoreError(code, 'no'), sinceMs: 0 });

test('a full disk is the spool’s failure, by name, and an absent database the store’s', () => {
  const healthy = { status: 'healthy', reason: 'writing' };
  expect(storeToHealth({ state: 'writing' })).toEqual({ spool: healthy, store: healthy });
  expect(failing('SPOOL_FULL')).toEqual({ spool: { status: 'unhealthy', reason: 'SPOOL_FULL' }, store: healthy });
  expect(failing('DATABASE_UNREACHABLE')).toEqual({
    spool: healthy,
    store: { status: 'unhealthy', reason: 'DATABASE_UNREACHABLE' },
  });
});
