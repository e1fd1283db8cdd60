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
  expect(failurePolicy(code)).toMatchObject({ code: expected, action });
});

test.each([
  // A standby does not begin what would write; a statement that a server does not know it will never know.
  ['0A000', 'beginning', 'DATABASE_REFUSED', 'reconnect'],
  ['0A000', 'reading', 'QUERY_FAILED', 'stop'],
  ['25006', 'writing', 'DATABASE_REFUSED', 'reconnect'],
  ['25006', 'reading', 'QUERY_FAILED', 'stop'],
  ['25P03', 'reading', 'DATABASE_UNREACHABLE', 'reconnect'],
  ['08P01', 'beginning', 'DATABASE_REFUSED', 'reconnect'],
  ['08P01', 'reading', 'QUERY_FAILED', 'stop'],
  ['08006', 'reading', 'DATABASE_UNREACHABLE', 'reconnect'],
] as const)('%s while %s is %s: %s', (code, moment, expected, action) => {
  expect(failurePolicy(code, moment)).toMatchObject({ code: expected, action });
});

test('what ends the connection is not the fault of the statement that was under way', () => {
  expect(failurePolicy('08P01', 'reading', true)).toMatchObject({ code: 'DATABASE_UNREACHABLE', action: 'reconnect' });
});
