import { SessionStoreError } from '../../errors.ts';
import { errnoText } from '../../database/errno-text.ts';

const outOfSpace = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What the disk said, as our error. @param doing to begin the message with: "Writing to the spool" */
export function spoolFailure(doing: string, cause: unknown): SessionStoreError {
  if (SessionStoreError.isInstance(cause)) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  if (outOfSpace.has(code ?? '')) return spoolFull('no space is left on its disk; free some');
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
