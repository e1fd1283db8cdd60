// From what the database said to what we do about it.
import type { SessionStoreErrorCode } from '../errors.ts';

/**
 * - `retry`: the same write may work soon.
 * - `reconnect`: the connection or the server behind it is no good any more; drop it, then retry.
 * - `stop`: the write itself is at fault, so trying again cannot help.
 */
export type FailureAction = 'retry' | 'reconnect' | 'stop';

export type FailurePolicy = { readonly code: SessionStoreErrorCode; readonly action: FailureAction };

/** By SQLSTATE, or by its class (the first two characters); the longer match wins. */
const bySqlState: Readonly<Record<string, FailurePolicy>> = {
  '08': { code: 'DATABASE_UNREACHABLE', action: 'reconnect' }, // connection_exception
  '22': { code: 'QUERY_FAILED', action: 'stop' }, // data_exception
  '23': { code: 'QUERY_FAILED', action: 'stop' }, // integrity_constraint_violation
  '25P03': { code: 'DATABASE_UNREACHABLE', action: 'reconnect' }, // idle_in_transaction_session_timeout: we were stopped
  '25P04': { code: 'QUERY_TIMEOUT', action: 'reconnect' }, // transaction_timeout: so were we, or it took too long in all
  '25006': { code: 'DATABASE_REFUSED', action: 'reconnect' }, // read_only_sql_transaction: a standby after a failover
  '28': { code: 'DATABASE_REFUSED', action: 'reconnect' }, // invalid_authorization_specification
  '3D': { code: 'DATABASE_REFUSED', action: 'reconnect' }, // invalid_catalog_name: no such database
  '40': { code: 'QUERY_FAILED', action: 'retry' }, // transaction_rollback: serialization_failure, deadlock_detected
  '42501': { code: 'DATABASE_REFUSED', action: 'retry' }, // insufficient_privilege
  '53': { code: 'DATABASE_OVERLOADED', action: 'retry' }, // insufficient_resources: disk_full, too_many_connections
  '54': { code: 'QUERY_FAILED', action: 'stop' }, // program_limit_exceeded
  '55P03': { code: 'DATABASE_OVERLOADED', action: 'retry' }, // lock_not_available
  '57014': { code: 'QUERY_TIMEOUT', action: 'retry' }, // query_canceled: statement_timeout
  '57P01': { code: 'DATABASE_UNREACHABLE', action: 'reconnect' }, // admin_shutdown
  '57P02': { code: 'DATABASE_UNREACHABLE', action: 'reconnect' }, // crash_shutdown
  '57P03': { code: 'DATABASE_UNREACHABLE', action: 'reconnect' }, // cannot_connect_now: starting up or recovering
  '57P05': { code: 'DATABASE_UNREACHABLE', action: 'reconnect' }, // idle_session_timeout
  '58': { code: 'QUERY_FAILED', action: 'reconnect' }, // system_error: the server's disk or files
  XX: { code: 'QUERY_FAILED', action: 'reconnect' }, // internal_error
};

/** By the code that Node or the driver gives a socket that could not be opened or did not last. */
const bySocketCode = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'CONNECT_TIMEOUT',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

// Somebody may put right what we cannot: a table renamed by mistake, say. So the unknown is tried again, for ever.
const otherwise: FailurePolicy = { code: 'QUERY_FAILED', action: 'retry' };

/** What to make of a failure by its code: a SQLSTATE, a socket's code, or anything else. */
export function failurePolicy(code: string): FailurePolicy {
  if (code === 'EMFILE' || code === 'ENFILE') return { code: 'DATABASE_OVERLOADED', action: 'retry' };
  if (bySocketCode.has(code)) return { code: 'DATABASE_UNREACHABLE', action: 'reconnect' };
  return bySqlState[code] ?? bySqlState[code.slice(0, 2)] ?? otherwise;
}
