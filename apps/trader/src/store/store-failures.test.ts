import { SessionStoreError, type SessionStoreErrorCode, type StoreStatus } from '@trader/session-store';
import { describe, expect, test } from 'vitest';
import { storeFailures } from './store-failures.ts';
import { storeToHealth } from '../health/store-to-health.ts';

type Source = 'spool' | 'database' | 'recovery';

function failing(...all: (readonly [Source, SessionStoreErrorCode])[]): StoreStatus {
  const failures = all.map(([source, code], index) => ({
    source,
    error: new SessionStoreError(code, 'no'),
    sinceMs: index,
  }));
  const { error, sinceMs } = failures[0]!;
  return { state: 'failing', error, sinceMs, failures };
}

const away = ['database', 'DATABASE_UNREACHABLE'] as const;
const full = ['spool', 'SPOOL_FULL'] as const;
const healthy = { status: 'healthy', reason: 'writing' };
const unhealthy = (reason: string) => ({ status: 'unhealthy', reason });
const health = (status: StoreStatus) => storeToHealth(storeFailures(status));

describe('what fails in the store', () => {
  test('is nothing while it writes', () => {
    expect(storeFailures({ state: 'writing' })).toEqual([]);
    expect(health({ state: 'writing' })).toEqual({ spool: healthy, store: healthy });
  });

  test('is the disk, or the database, or both', () => {
    expect(health(failing(full))).toEqual({ spool: unhealthy('SPOOL_FULL'), store: healthy });
    expect(health(failing(away))).toEqual({ spool: healthy, store: unhealthy('DATABASE_UNREACHABLE') });
    expect(health(failing(full, away))).toEqual({
      spool: unhealthy('SPOOL_FULL'),
      store: unhealthy('DATABASE_UNREACHABLE'),
    });
  });

  test('is named once a part, also when what was left cannot be brought in either', () => {
    expect(storeFailures(failing(away, ['recovery', 'QUERY_TIMEOUT']))).toEqual([
      { part: 'database', code: 'DATABASE_UNREACHABLE', sinceMs: 0 },
    ]);
    expect(storeFailures(failing(['recovery', 'SPOOL_FAILED']))).toEqual([
      { part: 'spool', code: 'SPOOL_FAILED', sinceMs: 0 },
    ]);
  });
});
