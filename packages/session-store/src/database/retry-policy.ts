// From what the database said to what we do about it.
import type { SessionStoreErrorCode } from '../errors.ts';

/**
 * - `retry`: the same write may work soon.
 * - `reconnect`: the connection or the server behind it is no good any more; drop it, then retry.
 * - `stop`: the write itself is at fault, so trying again cannot help.
 */
export type FailureAction = 'retry' | 'reconnect' | 'stop';

/** `advice` where the code's own would be wrong. */
export type FailurePolicy = {
  readonly code: SessionStoreErrorCode;
  readonly action: FailureAction;
  readonly advice?: string;
};

/**
 * When it failed: before the transaction had begun, which is the server's fault or the connection's, or in one that reads, whose
 * statement may be somebody's own, or in one that writes.
 */
export type FailureMoment = 'beginning' | 'reading' | 'writing';

type Policies = Readonly<Record<string, FailurePolicy>>;

const isStandby: FailurePolicy = {
  code: 'DATABASE_REFUSED',
  action: 'reconnect',
  advice:
    'That server is a standby, where nothing can be written: give the primary, or all of them, as in ' +
    'postgres://user@one,other/name?target_session_attrs=read-write.',
};

const lacksRight =
  'Grant it: usage on the schema, and select, insert, update and delete on all its tables. Tables and partitions are made by ' +
  'their owner, or by a role that is granted to this one, which needs create on the schema too.';

/** By SQLSTATE, or by its class (the first two characters); the longer match wins. */
const bySqlState: Policies = {
  '08': { code: 'DATABASE_UNREACHABLE', action: 'reconnect' }, // connection_exception
  '22': { code: 'QUERY_FAILED', action: 'stop' }, // data_exception
  '23': { code: 'QUERY_FAILED', action: 'stop' }, // integrity_constraint_violation
  '25P03': { code: 'DATABASE_UNREACHABLE', action: 'reconnect' }, // idle_in_transaction_session_timeout: we were stopped
  '25P04': { code: 'QUERY_TIMEOUT', action: 'reconnect' }, // transaction_timeout: so were we, or it took too long in all
  '25006': isStandby, // read_only_sql_transaction: a standby after a failover
  '28': { code: 'DATABASE_REFUSED', action: 'reconnect' }, // invalid_authorization_specification
  '3D': { code: 'DATABASE_REFUSED', action: 'reconnect' }, // invalid_catalog_name: no such database
  '40': { code: 'QUERY_FAILED', action: 'retry' }, // transaction_rollback: serialization_failure, deadlock_detected
  '42501': { code: 'DATABASE_REFUSED', action: 'retry', advice: lacksRight }, // insufficient_privilege
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

/** What means something else before a transaction has begun. */
const atBeginning: Policies = {
  '0A000': isStandby, // feature_not_supported: "cannot set transaction read-write mode during recovery"
  '08P01': {
    code: 'DATABASE_REFUSED',
    action: 'reconnect',
    advice: 'A pooler says so of a parameter of the URL that it does not take, or when it has no connection to give.',
  }, // protocol_violation
};

/** And in a transaction that reads: the statement is at fault. */
const whileReading: Policies = {
  '0A': { code: 'QUERY_FAILED', action: 'stop' }, // feature_not_supported
  '08P01': { code: 'QUERY_FAILED', action: 'stop' }, // protocol_violation: too few parameters
  '25': { code: 'QUERY_FAILED', action: 'stop' }, // invalid_transaction_state
  '25006': { code: 'QUERY_FAILED', action: 'stop', advice: 'It would write, and this reads only.' },
};

const byMoment: Readonly<Record<FailureMoment, Policies>> = {
  beginning: atBeginning,
  reading: whileReading,
  writing: {},
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

/** By the code that Node gives a server's certificate that it does not take, or a conversation that is no TLS. */
const ofTls = /^(?:ERR_(?:TLS|SSL|OSSL)_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA$|HOSTNAME_MISMATCH$)/;

const untrusted: FailurePolicy = {
  code: 'DATABASE_REFUSED',
  action: 'reconnect',
  advice:
    'That is what sslmode asks to be checked: give the authority as sslrootcert, and the name that stands in the certificate as the host.',
};

// Somebody may put right what we cannot: a table renamed by mistake, say. So the unknown is tried again, for ever.
const otherwise: FailurePolicy = { code: 'QUERY_FAILED', action: 'retry' };

/**
 * What to make of a failure by its code: a SQLSTATE, a socket's code, or anything else.
 *
 * @param isFatal whether it ended the connection, and so is no statement's
 */
export function failurePolicy(code: string, moment: FailureMoment = 'writing', isFatal = false): FailurePolicy {
  if (code === 'EMFILE' || code === 'ENFILE') return { code: 'DATABASE_OVERLOADED', action: 'retry' };
  if (bySocketCode.has(code)) return { code: 'DATABASE_UNREACHABLE', action: 'reconnect' };
  if (ofTls.test(code)) return untrusted;
  const ofMoment = isFatal && moment === 'reading' ? {} : byMoment[moment];
  const own = ofMoment[code] ?? bySqlState[code];
  return own ?? ofMoment[code.slice(0, 2)] ?? bySqlState[code.slice(0, 2)] ?? otherwise;
}
