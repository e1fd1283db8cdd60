// Turns what a driver threw into our error, leaving behind everything that must not travel: drivers hang the statement,
// its parameters and the connection's options on their errors.
import { clauseOf } from './clause-of.ts';
import { failurePolicy, type FailureAction, type FailureMoment } from './retry-policy.ts';
import { SessionStoreError } from '../errors.ts';
import { errnoText } from './errno-text.ts';

export type Failure = { readonly error: SessionStoreError; readonly action: FailureAction };

/** The database's own message may quote the value it refused, which is somebody's record. */
const messageQuotesData = /^2[23]/;
const isSqlState = /^[0-9A-Z]{5}$/;
/** This process's own trouble, whatever it wanted of the database. */
const ofFiles = new Set(['EMFILE', 'ENFILE']);

/**
 * @param doing what failed, to begin the message with: "Writing a batch"
 * @param cause whatever was thrown
 * @param moment when, which tells a server at fault from a statement at fault
 */
export function failureOf(doing: string, cause: unknown, moment: FailureMoment = 'writing'): Failure {
  if (SessionStoreError.isInstance(cause)) return { error: cause, action: actionOf(cause) };
  const code = codeOf(cause);
  const policy = failurePolicy(code, moment, isFatal(cause));
  const sqlState = isSqlState.test(code) && !code.startsWith('E') ? code : undefined;
  const said = saidOf(cause, code);
  const todo = ofFiles.has(code) ? '' : (policy.advice ?? advice[policy.code] ?? '');
  const error = new SessionStoreError(policy.code, `${doing} failed: ${said}. ${todo}`.trim(), {
    cause: new Error(said),
    sqlState,
    retryable: policy.action !== 'stop',
  });
  return { error, action: policy.action };
}

function saidOf(cause: unknown, code: string): string {
  if (messageQuotesData.test(code)) return `the database refused a value (${code})`;
  return ofFiles.has(code) ? errnoText(cause) : clauseOf(messageOf(cause));
}

function actionOf(error: SessionStoreError): FailureAction {
  if (error.code === 'QUERY_TIMEOUT') return 'reconnect';
  return error.retryable ? 'retry' : 'stop';
}

const advice: Partial<Record<SessionStoreError['code'], string>> = {
  DATABASE_UNREACHABLE: 'Check that the database runs and that its host and port are right.',
  DATABASE_REFUSED: 'Check the user, the password, the name of the database and the rights on it.',
  DATABASE_OVERLOADED: 'Check its disk space and its number of connections.',
  QUERY_TIMEOUT: 'The database is slow or stuck; see queryTimeoutMs.',
};

const isFatal = (cause: unknown): boolean =>
  ['FATAL', 'PANIC'].includes(String((cause as { severity?: unknown } | null)?.severity));

function codeOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return codeOf(cause.errors[0]);
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

function messageOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return messageOf(cause.errors[0]);
  return cause instanceof Error && cause.message !== '' ? cause.message : 'no reason was given';
}
