/** Between two statements of a transaction there is nothing to wait for but this process. */
const maxIdleMs = 5000;

/**
 * First thing in a transaction on a server. The server gives up too, or an abandoned statement would hold its locks for as
 * long as it likes, and a process that is stopped between two statements would keep others off its session. Between describing
 * a new statement and asking it neither of the first two limits is heeded; the third one is, which servers have from PostgreSQL 17
 * on. The rest is for roles and lenders with habits of their own: times must come as we read them, and notices are nobody's business.
 */
export async function guardTransaction(
  run: (text: string, parameters: readonly string[]) => PromiseLike<unknown>,
  timeoutMs: number,
): Promise<void> {
  await run(
    `select set_config('statement_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $2, true),
      case when current_setting('transaction_timeout', true) is not null then set_config('transaction_timeout', $3, true) end,
      set_config('DateStyle', 'ISO', true), set_config('client_min_messages', 'warning', true)`,
    [timeoutMs, maxIdleMs, timeoutMs + maxIdleMs].map((ms) => String(Math.ceil(ms))),
  );
}
