/** Between two statements of a transaction there is nothing to wait for but this process. */
const maxIdleMs = 5000;

/**
 * What a transaction begins with, in words that `begin` takes. Each says all of it: a database or a role may be set to another isolation,
 * in which a statement does not see what was committed before it, or to read only.
 */
export const transactionMode = (readOnly: boolean): string =>
  `isolation level read committed ${readOnly ? 'read only' : 'read write'}`;

/**
 * Thrown to have a transaction that only reads taken back, so that no setting of a caller's statement is there for the next one. It
 * carries what was read.
 */
export class RolledBack {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }

  /** @returns what the transaction gave @throws why it failed */
  static async valueOf(transaction: Promise<unknown>): Promise<unknown> {
    try {
      return await transaction;
    } catch (cause) {
      if (cause instanceof RolledBack) return cause.value;
      throw cause;
    }
  }
}

/** A name of the database's as SQL, whatever is in it. */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * First thing in a transaction on a server. The server gives up too, or an abandoned statement would hold its locks for as
 * long as it likes, and a process that is stopped between two statements would keep others off its session. Between describing
 * a new statement and asking it neither of the first two limits is heeded; the third one is, which servers have from PostgreSQL 17
 * on. The rest is for roles and lenders with habits of their own: times must come as we read them, texts and arrays be read as we write
 * them, and notices are nobody's business. All of it holds for this transaction alone, so that it does not matter which connection a
 * pooler gives to the next one.
 *
 * @param schema where the tables are; null where the role's own search path says so
 */
export async function guardTransaction(
  run: (text: string, parameters: readonly string[]) => PromiseLike<unknown>,
  timeoutMs: number,
  schema: string | null,
): Promise<void> {
  const limits = [timeoutMs, maxIdleMs, timeoutMs + maxIdleMs].map((ms) => String(Math.ceil(ms)));
  await run(
    `select set_config('statement_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $2, true),
      case when current_setting('transaction_timeout', true) is not null then set_config('transaction_timeout', $3, true) end,
      set_config('lock_timeout', '0', true), set_config('DateStyle', 'ISO', true), set_config('array_nulls', 'on', true),
      set_config('standard_conforming_strings', 'on', true), set_config('client_min_messages', 'warning', true)
      ${schema === null ? '' : `, set_config('search_path', $4, true)`}`,
    schema === null ? limits : [...limits, quotedName(schema)],
  );
}
