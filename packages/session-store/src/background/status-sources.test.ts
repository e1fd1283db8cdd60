import { expect, test } from 'vitest';
import { SessionStoreError } from '../errors.ts';
import { StatusSources, type SourceStatus } from './status-sources.ts';

const failing = (code: 'SPOOL_FULL' | 'DATABASE_UNREACHABLE', sinceMs: number): SourceStatus => ({
  state: 'failing',
  error: new SessionStoreError(code, 'x'),
  sinceMs,
});
const writing: SourceStatus = { state: 'writing' };

test('fails as long as one source does, and tells of all that fail, the worst first, whenever that changes', () => {
  const told: string[] = [];
  const sources = new StatusSources((status) => {
    if (status.state === 'writing') return void told.push('writing');
    const { error, sinceMs, failures } = status;
    expect(failures[0]).toMatchObject({ error, sinceMs });
    told.push(failures.map((one) => `${one.source} ${one.error.code} ${one.sinceMs}`).join(', '));
  });
  const [database, spool] = [sources.of('database'), sources.of('spool')];
  database(writing);
  expect(told).toEqual([]);
  database(failing('DATABASE_UNREACHABLE', 1));
  database(failing('DATABASE_UNREACHABLE', 2));
  expect(told.splice(0)).toEqual(['database DATABASE_UNREACHABLE 1']);
  spool(failing('SPOOL_FULL', 3));
  spool(failing('SPOOL_FULL', 4));
  expect(told.splice(0)).toEqual(['spool SPOOL_FULL 3, database DATABASE_UNREACHABLE 1']);
  database(writing);
  expect(told.splice(0)).toEqual(['spool SPOOL_FULL 3']);
  database(failing('DATABASE_UNREACHABLE', 5));
  spool(writing);
  spool(writing);
  expect(told.splice(0)).toEqual([
    'spool SPOOL_FULL 3, database DATABASE_UNREACHABLE 5',
    'database DATABASE_UNREACHABLE 5',
  ]);
  database(writing);
  expect(told).toEqual(['writing']);
});
