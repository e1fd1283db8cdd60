// PGlite lets two processes open one folder, which ends in damaged data. So the folder is locked first, in a way that
// the operating system undoes however the process ends: an open transaction on a SQLite file of its own.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SessionStoreError } from '../../errors.ts';
import { errnoText, unhidden } from '../errno-text.ts';
import { makePrivateFile, privateFile, privateFolder } from '../private-files.ts';
import { syncFolder } from '../sync-folder.ts';

export type DataDirLock = { release(): void };

type Holder = { readonly pid: number; readonly since: string };

/**
 * Makes the folder, with its parents, and takes it for this process.
 *
 * @throws {SessionStoreError} DATA_DIR_LOCKED, DATA_DIR_UNUSABLE
 */
export async function lockDataDir(dataDir: string, nowMs: number): Promise<DataDirLock> {
  // Loaded here because some versions of Node print a warning when they load it, which is nothing to users of a server.
  const { DatabaseSync } = await import('node:sqlite');
  const holderFile = join(dataDir, 'lock-holder.json');
  try {
    await makeFolder(resolve(dataDir));
    makePrivateFile(join(dataDir, 'lock.sqlite'));
    const database = new DatabaseSync(join(dataDir, 'lock.sqlite'), { timeout: 0 });
    try {
      database.exec('begin immediate');
      // Not in the SQLite file: what an open transaction writes there, nobody else can read.
      const holder: Holder = { pid: process.pid, since: new Date(nowMs).toISOString() };
      writeFileSync(holderFile, JSON.stringify(holder), { mode: privateFile });
    } catch (cause) {
      database.close();
      throw cause;
    }
    return { release: () => database.close() };
  } catch (cause) {
    if (isBusy(cause)) throw lockedBy(dataDir, readHolder(holderFile));
    const hidden = unhidden(cause);
    throw new SessionStoreError(
      'DATA_DIR_UNUSABLE',
      `The data folder ${dataDir} cannot be used: ${errnoText(hidden)}.`,
      {
        cause,
      },
    );
  }
}

/** What is put into a folder survives a power cut only if the folder's own name does, and those above it. */
async function makeFolder(path: string): Promise<void> {
  const first = mkdirSync(path, { recursive: true, mode: privateFolder });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

const sqliteBusy = 5;
const isBusy = (cause: unknown) => (cause as { errcode?: unknown } | null)?.errcode === sqliteBusy;

const lockedBy = (dataDir: string, holder: Holder | null) =>
  new SessionStoreError(
    'DATA_DIR_LOCKED',
    `The data folder ${dataDir} is in use by ${holder ? `process ${holder.pid} since ${holder.since}` : 'another process'}. ` +
      'Stop that process, or use another folder.',
    { retryable: true },
  );

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return null;
  }
}
