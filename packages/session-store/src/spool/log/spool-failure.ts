import { SessionStoreError } from '../../errors.ts';
import { errnoText, unhidden } from '../../database/errno-text.ts';

const outOfSpace = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** SQLite's codes, by their low byte. */
const [sqliteFull, sqliteCannotOpen] = [13, 14];

/** What the disk or SQLite said, as our error. @param doing to begin the message with: "Writing to the spool" */
export function spoolFailure(doing: string, given: unknown): SessionStoreError {
  if (SessionStoreError.isInstance(given)) return given;
  const { errcode = 0, code: name } = (given ?? {}) as { errcode?: number; code?: unknown };
  // A thread that may open no file says many things.
  const isHidden = (errcode & 0xff) === sqliteCannotOpen || String(name).startsWith('ERR_WORKER');
  const cause = isHidden ? unhidden(given) : given;
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  if (outOfSpace.has(code ?? '') || (errcode & 0xff) === sqliteFull) {
    return spoolFull('no space is left on its disk; free some');
  }
  const todo = code === 'EMFILE' || code === 'ENFILE' ? '' : ' See to the disk that holds it.';
  return new SessionStoreError('SPOOL_FAILED', `${doing} failed: ${errnoText(cause)}.${todo}`, {
    cause,
    retryable: true,
  });
}

export const spoolFull = (why: string) =>
  new SessionStoreError('SPOOL_FULL', `The spool takes no more: ${why}. What it took before is kept.`, {
    retryable: true,
  });

export const spoolClosed = () => new SessionStoreError('SPOOL_CLOSED', 'The spool is closed.');
