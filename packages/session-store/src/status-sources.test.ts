import { expect, test } from 'vitest';
import { SessionStoreError } from './errors.ts';
import type { StoreStatus } from './options.ts';
import { StatusSources } from './status-sources.ts';

const failing = (code: 'SPOOL_FULL' | 'DATABASE_UNREACHABLE'): StoreStatus => ({
  state: 'failing',
  error: new SessionStoreError(code, 'x'),
  sinceMs: 1,
});

test('fails as long as one source does, and tells the worst failure when that changes', () => {
  const told: string[] = [];
  const sources = new StatusSources((status) => told.push(status.state === 'failing' ? status.error.code : 'writing'));
  const [database, spool] = [sources.of('database'), sources.of('spool')];
  database({ state: 'writing' });
  expect(told).toEqual([]);
  database(failing('DATABASE_UNREACHABLE'));
  database(failing('DATABASE_UNREACHABLE'));
  expect(told).toEqual(['DATABASE_UNREACHABLE']);
  spool(failing('SPOOL_FULL'));
  spool(failing('SPOOL_FULL'));
  expect(told.splice(0)).toEqual(['DATABASE_UNREACHABLE', 'SPOOL_FULL']);
  spool({ state: 'writing' });
  expect(told.splice(0)).toEqual(['DATABASE_UNREACHABLE']);
  database({ state: 'writing' });
  database({ state: 'writing' });
  expect(told).toEqual(['writing']);
});
