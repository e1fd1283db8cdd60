import { SessionStoreError } from '../errors.ts';
import type { Row } from '../database/engines/engine.ts';

/** Told of a row that cannot be what was written; the row is left out. */
export type OnDamage = (problem: string) => void;

export const damagedChunk = (of: string, row: Row): string => {
  const at = row['received_at'] instanceof Date ? row['received_at'].toISOString() : 'an unknown time';
  return `a chunk of ${of} of epoch ${String(row['epoch'])}, sid ${String(row['sid'])}, received from ${at} on, cannot be read`;
};

/** For readers that must not leave anything out. @throws {SessionStoreError} QUERY_FAILED */
export function refuseDamage(problem: string): never {
  throw new SessionStoreError(
    'QUERY_FAILED',
    `The session cannot be read whole: ${problem}. Its columns do not fit each other; verify() lists what is wrong.`,
  );
}
