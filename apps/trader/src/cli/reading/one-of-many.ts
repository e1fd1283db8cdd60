// Work on one of many: what goes wrong with it is its own, unless it is the database's, or a signal's.
import { SessionStoreError } from '@trader/session-store';
import { failureOf } from '../../errors.ts';

export type Failure = { readonly code: string; readonly message: string };

/**
 * @returns why it failed, where the others may do better
 * @throws the error itself, where they would fail in the same way
 */
export function ownFailure(error: unknown, signal: AbortSignal): Failure {
  if (signal.aborted || isOfAll(error)) throw error;
  return failureOf(error);
}

const isOfAll = (error: unknown): boolean =>
  SessionStoreError.isInstance(error) && (error.code.startsWith('DATABASE_') || error.code === 'STORE_CLOSED');
