// How values come out of the database, decided here for both engines, and rows made into our types, where whatever does
// not look as it should is refused.
//
// - 64-bit integers: a number while it is exact, its digits as a string beyond 2^53.
// - numeric (which `sum` of a 64-bit column gives): its digits as a string.
// - times: a Date in the rows of `query`, ms since the epoch in our own types.
import { SessionStoreError } from '../errors.ts';
import type { Row } from './engines/engine.ts';
import type { SessionRow, SessionStatus } from '../records.ts';

/** Never loses a digit. */
export function parseBigint(digits: string): number | string {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : digits;
}

/** @throws {SessionStoreError} QUERY_FAILED where the row is not what our schema says */
export function sessionRow(row: Row): SessionRow {
  return {
    id: textOf(row, 'id'),
    recorder: textOf(row, 'recorder'),
    status: textOf(row, 'status') as SessionStatus,
    startedAtMs: timeOf(row, 'started_at'),
    endedAtMs: row['ended_at'] === null ? null : timeOf(row, 'ended_at'),
    endReason: row['end_reason'] === null ? null : textOf(row, 'end_reason'),
    continues: row['continues'] === null ? null : textOf(row, 'continues'),
    lastRecordAtMs: row['last_record_at'] === null ? null : timeOf(row, 'last_record_at'),
    messages: numberOf(row, 'messages'),
    snapshots: numberOf(row, 'snapshots'),
    deltas: numberOf(row, 'deltas'),
    trades: numberOf(row, 'trades'),
    raw: numberOf(row, 'raw'),
    facts: numberOf(row, 'facts'),
    gaps: numberOf(row, 'gaps'),
    shed: numberOf(row, 'shed'),
  };
}

export function numberOf(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : unexpected(column, value);
}

export function textOf(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : unexpected(column, value);
}

export function timeOf(row: Row, column: string): number {
  const value = row[column];
  return value instanceof Date ? value.getTime() : unexpected(column, value);
}

function unexpected(column: string, value: unknown): never {
  throw new SessionStoreError(
    'QUERY_FAILED',
    `The database gave a ${typeof value} for ${column}, which it never should.`,
  );
}
