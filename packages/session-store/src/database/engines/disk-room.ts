import { statfs } from 'node:fs/promises';
import { SessionStoreError } from '../../errors.ts';

const MiB = 2 ** 20;

/**
 * What the embedded database never goes below: two files of its log, which it makes whole before it writes to one. PostgreSQL
 * without room for them stops; PGlite does not even stop.
 */
const keptBytes = 32 * MiB;
/** What is kept from those who make room: they write little, to a file of the log that is there. */
const leastBytes = 8 * MiB;

/** The bytes that this user can still write to the disk of a folder; `Infinity` where the system does not say. */
export type FreeBytes = (folder: string) => Promise<number>;

export const freeBytes: FreeBytes = async (folder) => {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
};

/**
 * @param makesRoom whether it is done to make room
 * @throws {SessionStoreError} DATABASE_OVERLOADED, which may be tried again: when there is too little room to write on
 */
export async function needRoom(folder: string, doing: string, free: FreeBytes, makesRoom = false): Promise<void> {
  const bytes = await free(folder);
  if (bytes >= (makesRoom ? leastBytes : keptBytes)) return;
  throw new SessionStoreError(
    'DATABASE_OVERLOADED',
    `${doing} failed: the disk of ${folder} has ${Math.floor(bytes / MiB)} MiB left, and the embedded database keeps ${keptBytes / MiB} free. ` +
      'Make room on it; then it goes on by itself.',
    { retryable: true },
  );
}
