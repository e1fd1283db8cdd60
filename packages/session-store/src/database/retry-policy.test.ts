import { expect, test } from 'vitest';
import { failurePolicy } from './retry-policy.ts';

test.each([
  ['57P01', 'DATABASE_UNREACHABLE', 'reconnect'],
  ['08006', 'DATABASE_UNREACHABLE', 'reconnect'],
  ['ECONNREFUSED', 'DATABASE_UNREACHABLE', 'reconnect'],
  ['CONNECTION_CLOSED', 'DATABASE_UNREACHABLE', 'reconnect'],
  ['28P01', 'DATABASE_REFUSED', 'reconnect'],
  ['25006', 'DATABASE_REFUSED', 'reconnect'],
  ['25P02', 'QUERY_FAILED', 'retry'],
  ['53100', 'DATABASE_OVERLOADED', 'retry'],
  ['40P01', 'QUERY_FAILED', 'retry'],
  ['57014', 'QUERY_TIMEOUT', 'retry'],
  ['22003', 'QUERY_FAILED', 'stop'],
  ['23514', 'QUERY_FAILED', 'stop'],
  ['42P01', 'QUERY_FAILED', 'retry'],
  ['never heard of', 'QUERY_FAILED', 'retry'],
])('%s is %s: %s', (code, expected, action) => {
  expect(failurePolicy(code)).toEqual({ code: expected, action });
});
